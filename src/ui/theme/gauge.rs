//! Small gauges in one row of text: the slider of the parameter editor, the line of a work's
//! progress and the sparkline.

use super::{Glyphs, Theme};

impl Theme {
    /// A slider of `width` columns with its knob at `position` from 0 to 1 (what is not a number
    /// counts as 0).
    #[must_use]
    pub fn slider(&self, width: usize, position: f64) -> String {
        let (passed, knob, ahead) = match self.glyphs {
            Glyphs::Braille => ('━', '●', '─'),
            Glyphs::Blocks => ('═', '■', '─'),
            Glyphs::Ascii => ('=', 'O', '-'),
        };
        let Some(last) = width.checked_sub(1) else { return String::new() };
        let position = if position.is_nan() { 0.0 } else { position.clamp(0.0, 1.0) };
        let at = (position * last as f64).round() as usize;
        (0..width)
            .map(|i| match i.cmp(&at) {
                std::cmp::Ordering::Less => passed,
                std::cmp::Ordering::Equal => knob,
                std::cmp::Ordering::Greater => ahead,
            })
            .collect()
    }

    /// A thin line of `width` columns of which a share from 0 to 1 is passed: that part, and the
    /// rest.
    #[must_use]
    pub fn gauge(&self, width: usize, share: f64) -> (String, String) {
        let (passed, ahead) = match self.glyphs {
            Glyphs::Braille => ("━", "─"),
            Glyphs::Blocks => ("═", "─"),
            Glyphs::Ascii => ("=", "."),
        };
        // A cast saturates, and takes what is not a number for 0.
        let at = ((share * width as f64) as usize).min(width);
        (passed.repeat(at), ahead.repeat(width - at))
    }

    /// The last `width` values as columns of eight heights, lowest to highest; what is not finite
    /// is left blank.
    #[must_use]
    pub fn sparkline(&self, values: &[f64], width: usize) -> String {
        let heights: [char; 8] = if self.ascii() {
            ['_', '_', '.', '-', '-', '=', '^', '^']
        } else {
            ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█']
        };
        let shown = &values[values.len().saturating_sub(width)..];
        let finite = || shown.iter().copied().filter(|v| v.is_finite());
        let low = finite().fold(f64::INFINITY, f64::min);
        let high = finite().fold(f64::NEG_INFINITY, f64::max);
        shown
            .iter()
            .map(|v| {
                if !v.is_finite() {
                    return ' ';
                }
                let share = (v / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
                let share = if share.is_finite() { share } else { 0.5 };
                heights[((share * 7.0).round() as usize).min(7)]
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Glyphs, Theme};

    #[test]
    fn the_knob_reaches_both_ends() {
        let theme = Theme { glyphs: Glyphs::Ascii, ..Theme::default() };
        assert_eq!(theme.slider(5, 0.0), "O----");
        assert_eq!(theme.slider(5, 1.0), "====O");
        assert_eq!(theme.slider(5, 0.5), "==O--");
        assert_eq!(theme.slider(5, f64::NAN), "O----");
        assert_eq!(theme.slider(5, 1e300), "====O");
        assert_eq!(theme.slider(0, 0.5), "");
        assert_eq!(theme.slider(1, 0.7), "O");
    }

    #[test]
    fn a_sparkline_shows_the_last_values() {
        let theme = Theme::default();
        assert_eq!(theme.sparkline(&[9.0, 0.0, 7.0, f64::NAN, 3.0], 4), "▁█ ▄");
        assert_eq!(theme.sparkline(&[2.0, 2.0], 4), "▅▅");
        assert_eq!(theme.sparkline(&[-1e308, 1e308], 4), "▁█");
        assert_eq!(theme.sparkline(&[], 4), "");
    }
}
