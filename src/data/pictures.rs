//! Labelled square grey pictures: the digits that ship with the lab, or a table of the learner's
//! own in which a row is a picture. The column named `label` or `class` (else the first) is what it
//! shows, all others are its pixels by rows from the top.

use super::digits::{self, digits};
use super::table::{Table, TableError};
use crate::math::rng::Rng;
use rand::RngExt as _;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// Sides of a picture, in pixels.
pub const SIDES: std::ops::RangeInclusive<usize> = 4..=32;
/// How many classes there may be.
pub const MOST_CLASSES: usize = 50;
/// Of fewer pictures nothing is learned.
pub const FEWEST: usize = 20;

/// Labelled pictures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pictures {
    /// The file's name without its folders, cleaned of control characters.
    pub name: String,
    /// Pixels along an edge.
    pub side: usize,
    /// Brightness from 0 to 1, picture after picture.
    pub pixels: Vec<f32>,
    /// The class of each, by its place in `classes`.
    pub labels: Vec<usize>,
    /// The names of the classes: numbers by size, then words by alphabet.
    pub classes: Vec<String>,
    /// How many rows the file had, where only an even selection of them was kept.
    pub thinned_from: Option<u64>,
}

impl Pictures {
    /// The 1,797 digits of 8 by 8 pixels.
    #[must_use]
    pub fn digits() -> &'static Arc<Self> {
        static DIGITS: OnceLock<Arc<Pictures>> = OnceLock::new();
        DIGITS.get_or_init(|| {
            let all = digits();
            Arc::new(Self {
                name: "digits.csv".to_owned(),
                side: digits::PIXELS.isqrt(),
                pixels: all.pixels.iter().map(|p| f32::from(*p) / 16.0).collect(),
                labels: all.labels.iter().map(|l| usize::from(*l)).collect(),
                classes: (0..10).map(|d| d.to_string()).collect(),
                thinned_from: None,
            })
        })
    }

    /// Reads a table.
    ///
    /// # Errors
    /// A [`TableError`] that says what was wrong, where, and what would be right.
    pub fn read(path: &Path) -> Result<Self, TableError> {
        let (table, labels) = Table::labelled(path)?;
        Self::of(&table, &labels)
    }

    /// The same from bytes at hand; `name` stands in messages.
    ///
    /// # Errors
    /// As [`Pictures::read`].
    pub fn parse(name: &str, text: &[u8]) -> Result<Self, TableError> {
        let (table, labels) = Table::parse_labelled(name, text)?;
        Self::of(&table, &labels)
    }

    fn of(table: &Table, words: &[String]) -> Result<Self, TableError> {
        let file = || table.name.clone();
        let mut classes = words.to_vec();
        let number = |word: &String| word.parse::<f64>().unwrap_or(f64::INFINITY);
        classes.sort_by(|a, b| number(a).total_cmp(&number(b)).then_with(|| a.cmp(b)));
        classes.dedup();
        match classes.as_slice() {
            [class] => return Err(TableError::OneClass { file: file(), class: class.clone() }),
            more if more.len() > MOST_CLASSES => {
                return Err(TableError::TooManyClasses { file: file(), classes: more.len() });
            }
            _ => {}
        }
        if words.len() < FEWEST {
            return Err(TableError::TooFewPictures { file: file(), pictures: words.len() });
        }
        let ends = |column: &Vec<f64>| {
            let low = column.iter().copied().fold(f64::INFINITY, f64::min);
            (low, column.iter().copied().fold(f64::NEG_INFINITY, f64::max))
        };
        let (low, high) = table
            .columns
            .iter()
            .map(ends)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |a, b| (a.0.min(b.0), a.1.max(b.1)));
        // Halves, so that numbers at the ends of the line do not overflow.
        let range = 0.5 * high - 0.5 * low;
        if range <= 0.0 {
            return Err(TableError::Blank { file: file(), value: low.to_string() });
        }
        let scaled = |v: f64| ((0.5 * v - 0.5 * low) / range) as f32;
        let rows = 0..words.len();
        let pixels = rows.flat_map(|i| table.columns.iter().map(move |c| scaled(c[i]))).collect();
        let place = |word| classes.iter().position(|c| c == word).unwrap_or(0);
        let labels = words.iter().map(place).collect();
        Ok(Self {
            name: file(),
            side: table.columns.len().isqrt(),
            pixels,
            labels,
            classes,
            thinned_from: table.thinned_from,
        })
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.labels.len()
    }

    /// The pixels of one of them.
    ///
    /// # Panics
    /// If there is no picture of that index.
    #[must_use]
    pub fn picture(&self, index: usize) -> &[f32] {
        let area = self.side * self.side;
        &self.pixels[index * area..(index + 1) * area]
    }

    /// The indices in random order: those to train on, and one in `every` held out.
    #[must_use]
    pub fn split(&self, every: usize, rng: &mut Rng) -> (Vec<usize>, Vec<usize>) {
        let mut order: Vec<usize> = (0..self.count()).collect();
        for i in 0..order.len() {
            let j = rng.random_range(i..order.len());
            order.swap(i, j);
        }
        let held_out = order.len() / every.max(1);
        let train = order.split_off(held_out);
        (train, order)
    }
}

#[cfg(test)]
mod tests {
    use super::Pictures;
    use crate::data::table::TableError;
    use crate::math::rng::stream;
    use std::fmt::Write as _;

    /// `count` rows of `pixels` pixels, classes in turn.
    fn rows(count: usize, pixels: usize, classes: &[&str]) -> String {
        let mut text = String::new();
        for i in 0..count {
            text.push_str(classes[i % classes.len()]);
            (0..pixels).for_each(|j| write!(text, ",{}", (i + j) % 256).expect("a string"));
            text.push('\n');
        }
        text
    }

    fn parse(text: &str) -> Result<Pictures, TableError> {
        Pictures::parse("own.csv", text.as_bytes())
    }

    #[test]
    fn the_digits_are_pictures() {
        let digits = Pictures::digits();
        assert_eq!((digits.count(), digits.side, digits.classes.len()), (1797, 8, 10));
        let (train, held_out) = digits.split(5, &mut stream(1, 0));
        assert_eq!((train.len(), held_out.len()), (1438, 359));
        let mut all = [train, held_out].concat();
        all.sort_unstable();
        assert_eq!(all, (0..1797).collect::<Vec<_>>());
    }

    #[test]
    fn any_size_and_any_names_of_classes_will_do() {
        for side in [4usize, 5, 28, 32] {
            let own = parse(&rows(30, side * side, &["cat", "10", "9"])).expect("pictures");
            assert_eq!((own.side, own.count()), (side, 30));
            assert_eq!(own.classes, ["9", "10", "cat"]);
            assert_eq!(own.labels[..4], [2, 1, 0, 2]);
            let (low, high) =
                own.pixels.iter().fold((1.0f32, 0.0f32), |(a, b), p| (a.min(*p), b.max(*p)));
            assert_eq!((low, high), (0.0, 1.0));
            assert!((own.picture(3)[0] / own.picture(3)[1] - 3.0 / 4.0).abs() < 1e-6);
        }
    }

    #[test]
    fn the_column_of_labels_is_found() {
        let body = rows(24, 16, &["1", "2"]);
        let names: Vec<String> = (0..16).map(|i| format!("p{i}")).collect();
        let plain = parse(&body).expect("no header");
        let headed = parse(&format!("kind,{}\n{body}", names.join(","))).expect("first column");
        assert_eq!(headed, plain);
        // Numbers as the names of pixels.
        let numbers: Vec<String> = (0..16).map(|i| i.to_string()).collect();
        let numbered = parse(&format!("Label,{}\n{body}", numbers.join(","))).expect("a header");
        assert_eq!(numbered, plain);
        // At the end, by its name.
        let moved = body.lines().map(|line| {
            let (label, rest) = line.split_once(',').expect("cells");
            format!("{rest},{label}\n")
        });
        let last = format!("{},CLASS\n{}", names.join(","), moved.collect::<String>());
        assert_eq!(parse(&last).expect("the last column"), plain);
    }

    #[test]
    fn every_fault_has_its_name() {
        let file = || "own.csv".to_owned();
        let good = rows(24, 16, &["1", "2"]);
        let wrong = |text: &str| parse(text).expect_err("no pictures");
        for pixels in [0, 1, 9, 15, 17, 33 * 33] {
            let found = wrong(&rows(24, pixels, &["1", "2"]));
            assert_eq!(found, TableError::NotSquare { file: file(), pixels });
        }
        let one = wrong(&rows(24, 16, &["1"]));
        assert_eq!(one, TableError::OneClass { file: file(), class: "1".into() });
        let names: Vec<String> = (0..51).map(|i| i.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let many = wrong(&rows(102, 16, &names));
        assert_eq!(many, TableError::TooManyClasses { file: file(), classes: 51 });
        let few = wrong(&rows(4, 16, &["1", "2"]));
        assert_eq!(few, TableError::TooFewPictures { file: file(), pictures: 4 });
        let blank = wrong(&format!(
            "{}{}",
            "1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n".repeat(20),
            "2,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n"
        ));
        assert_eq!(blank, TableError::Blank { file: file(), value: "0".into() });
        assert!(matches!(
            wrong(&good.replacen("2,1,", ",1,", 1)),
            TableError::EmptyCell { line: 2, .. }
        ));
        assert!(matches!(
            wrong(&good.replacen("2,1,", "2,NaN,", 1)),
            TableError::NotFinite { line: 2, .. }
        ));
        assert!(matches!(
            wrong(&good.replacen("2,1,", "2,x,", 1)),
            TableError::NotANumber { line: 2, .. }
        ));
        assert!(matches!(
            wrong(&good.replacen("2,1,", "2,", 1)),
            TableError::Ragged { line: 2, .. }
        ));
        assert!(matches!(wrong(""), TableError::Empty { .. }));
    }

    #[test]
    fn one_row_is_too_few() {
        let found = parse(&rows(1, 16, &["1"])).expect_err("one");
        assert_eq!(found, TableError::OneRow { file: "own.csv".into() });
    }
}
