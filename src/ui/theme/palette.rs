//! Colour arithmetic: mixing, the 256-colour palette, and the colour scales of heatmaps.
//!
//! The scales are Viridis (van der Walt and Smith, matplotlib 2.0, 2015), whose lightness rises
//! evenly and which survives every common colour blindness, and a diverging blue to orange one.
//! Both are quantised: a colour change costs about 20 bytes on the wire, and neighbours that share
//! a colour cost none.

/// A colour in sRGB.
pub(crate) type Rgb = (u8, u8, u8);

/// How many colours a heatmap may use.
pub(crate) const LEVELS: usize = 20;

/// Viridis at tenths, as R's `viridisLite::viridis(10)` prints it.
const VIRIDIS: [Rgb; 10] = [
    (0x44, 0x01, 0x54),
    (0x48, 0x28, 0x78),
    (0x3E, 0x4A, 0x89),
    (0x31, 0x68, 0x8E),
    (0x26, 0x82, 0x8E),
    (0x1F, 0x9E, 0x89),
    (0x35, 0xB7, 0x79),
    (0x6D, 0xCD, 0x59),
    (0xB4, 0xDE, 0x2C),
    (0xFD, 0xE7, 0x25),
];

/// Blue through the ground to orange, on a dark ground.
const DIVERGING_DARK: [Rgb; 5] =
    [(130, 200, 255), (40, 110, 190), (34, 36, 44), (190, 100, 20), (255, 190, 90)];

/// Blue through the ground to orange, on a light ground.
const DIVERGING_LIGHT: [Rgb; 5] =
    [(0, 60, 130), (90, 160, 220), (246, 246, 244), (236, 160, 70), (140, 60, 0)];

/// Between two colours: `share` 0 is `a`, 1 is `b`.
pub(crate) fn mix(a: Rgb, b: Rgb, share: f64) -> Rgb {
    let channel = |a: u8, b: u8| {
        (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round().clamp(0.0, 255.0) as u8
    };
    (channel(a.0, b.0), channel(a.1, b.1), channel(a.2, b.2))
}

/// Viridis at `t` from 0 to 1.
pub(crate) fn viridis(t: f64) -> Rgb {
    along(&VIRIDIS, t)
}

/// Blue to orange at `t` from 0 to 1, the ground at a half.
pub(crate) fn diverging(t: f64, dark: bool) -> Rgb {
    along(if dark { &DIVERGING_DARK } else { &DIVERGING_LIGHT }, t)
}

fn along(anchors: &[Rgb], t: f64) -> Rgb {
    let position = t.clamp(0.0, 1.0) * (anchors.len() - 1) as f64;
    let below = (position.floor() as usize).min(anchors.len() - 2);
    mix(anchors[below], anchors[below + 1], position - below as f64)
}

/// `t` rounded to the middle of one of [`LEVELS`] equal steps.
pub(crate) fn quantise(t: f64) -> f64 {
    let last = (LEVELS - 1) as f64;
    (t.clamp(0.0, 1.0) * last).round() / last
}

/// Relative luminance from 0 to 1 (IEC 61966-2-1, WCAG 2.1).
pub(crate) fn luminance(rgb: Rgb) -> f64 {
    let linear = |c: u8| {
        let c = f64::from(c) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(rgb.0) + 0.7152 * linear(rgb.1) + 0.0722 * linear(rgb.2)
}

/// The nearest of the colours 16 to 255 of the 256-colour palette: the cube of six levels or the
/// ramp of greys.
pub(crate) fn nearest_indexed(rgb: Rgb) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let nearest = |c: u8| (0..6u8).min_by_key(|i| STEPS[usize::from(*i)].abs_diff(c)).unwrap_or(0);
    let (r, g, b) = (nearest(rgb.0), nearest(rgb.1), nearest(rgb.2));
    let step = |i: u8| STEPS[usize::from(i)];
    let cube = (step(r), step(g), step(b));
    let mean = (u16::from(rgb.0) + u16::from(rgb.1) + u16::from(rgb.2)) / 3;
    let ramp = (mean.saturating_sub(3) / 10).min(23) as u8;
    let grey = 8 + 10 * ramp;
    let distance = |c: Rgb| {
        let d = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        d(c.0, rgb.0) + d(c.1, rgb.1) + d(c.2, rgb.2)
    };
    if distance((grey, grey, grey)) < distance(cube) { 232 + ramp } else { 16 + 36 * r + 6 * g + b }
}

#[cfg(test)]
mod tests {
    use super::{LEVELS, luminance, nearest_indexed, quantise, viridis};

    /// CIE 1976 lightness, 0 to 100.
    fn lightness(rgb: super::Rgb) -> f64 {
        let y = luminance(rgb);
        if y > 0.008_856 { 116.0 * y.cbrt() - 16.0 } else { 903.3 * y }
    }

    #[test]
    fn viridis_grows_lighter_in_even_steps() {
        let levels: Vec<f64> = (0..LEVELS)
            .map(|i| lightness(viridis(quantise(i as f64 / (LEVELS - 1) as f64))))
            .collect();
        let mean = (levels[LEVELS - 1] - levels[0]) / (LEVELS - 1) as f64;
        for pair in levels.windows(2) {
            let step = pair[1] - pair[0];
            assert!(step > 0.6 * mean && step < 1.4 * mean, "{step} against {mean}");
        }
    }

    #[test]
    fn the_palette_of_256_is_that_of_xterm() {
        // xterm's 256colres.h: 16 + 36 r + 6 g + b over (0, 95, 135, 175, 215, 255); 232 + i is
        // the grey 8 + 10 i.
        assert_eq!(nearest_indexed((0, 0, 0)), 16);
        assert_eq!(nearest_indexed((255, 255, 255)), 231);
        assert_eq!(nearest_indexed((255, 135, 0)), 208);
        assert_eq!(nearest_indexed((128, 128, 128)), 244);
        assert_eq!(nearest_indexed((9, 8, 8)), 232);
    }
}
