//! Old Faithful: 272 eruptions, their duration and the waiting time to the next, both in minutes.
//! Azzalini and Bowman, A look at some data on the Old Faithful geyser, Applied Statistics 39,
//! 1990.

use super::table::Table;
use std::sync::OnceLock;

/// Both columns, in minutes: duration of the eruption, waiting time to the next.
#[must_use]
pub fn geyser() -> &'static Table {
    static GEYSER: OnceLock<Table> = OnceLock::new();
    GEYSER.get_or_init(|| {
        let text = include_str!("../../data/faithful.csv");
        let columns = ["eruption_minutes".to_owned(), "waiting_minutes".to_owned()];
        // It ships with the program and a test reads it: an empty table is never seen.
        Table::parse("faithful.csv", text.as_bytes(), Some(&columns)).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::geyser;

    #[test]
    fn all_272_eruptions_are_there() {
        let [eruption, waiting] = geyser().columns.as_slice() else { panic!("two columns") };
        assert_eq!((eruption.len(), waiting.len()), (272, 272));
        // numpy: the sums of the columns.
        assert!((eruption.iter().sum::<f64>() - 948.677).abs() < 1e-9);
        assert!((waiting.iter().sum::<f64>() - 19284.0).abs() < 1e-9);
    }
}
