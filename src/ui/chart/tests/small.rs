//! What must be read in the smallest panels: pairs of arrows, many digits, wide tables, signs.

use super::{draw, figure, rows};
use crate::lab::view::*;
use crate::ui::theme::{Depth, Glyphs, Ground, Theme};

/// A field with two groups of arrows from the same places: one right, one up.
fn pairs() -> Figure {
    let places = [-1.5, -0.5, 0.5, 1.5];
    let group = |label, role, dx: f64, dy: f64| Arrows {
        label,
        role,
        arrows: places.iter().flat_map(|a| places.iter().map(move |b| (*a, *b, dx, dy))).collect(),
    };
    figure(Plot::Field(Field {
        x: Axis::of("x").within(-2.0, 2.0),
        y: Axis::of("y").within(-2.0, 2.0),
        value: Axis::of("p"),
        low_is_bright: false,
        columns: 2,
        values: vec![0.0, 1.0, 1.0, 2.0],
        dots: vec![],
        arrows: vec![
            group("true", Role::Exact, 0.5, 0.0),
            group("learned", Role::Estimate, 0.0, 0.5),
        ],
    }))
}

#[test]
fn two_groups_of_arrows_stand_side_by_side_at_every_size_and_in_every_look() {
    for glyphs in [Glyphs::Braille, Glyphs::Ascii] {
        for depth in [Depth::True, Depth::Ansi, Depth::None] {
            let theme = Theme { ground: Ground::Dark, depth, glyphs };
            let pair = if theme.ascii() { ">A" } else { "→⇑" };
            for (width, height) in [(38, 8), (60, 16), (100, 30)] {
                let all = rows(&draw(&pairs(), &theme, width, height)).join("\n");
                let found = all.matches(pair).count();
                assert!((8..=16).contains(&found), "{found} at {width}x{height}\n{all}");
            }
        }
    }
}

#[test]
fn a_difference_is_neutral_at_zero_and_shows_its_sign_without_colour() {
    let of = |values: Vec<f64>, range: f64| {
        figure(Plot::Field(Field {
            x: Axis::of("x"),
            y: Axis::of("y"),
            value: Axis::of("d").within(-range, range),
            low_is_bright: false,
            columns: 2,
            values,
            dots: vec![],
            arrows: vec![],
        }))
    };
    let theme = Theme { depth: Depth::None, ..Theme::default() };
    let text = rows(&draw(&of(vec![-1.0, 1.0, -1.0, 1.0], 1.0), &theme, 38, 10)).join("\n");
    assert!(text.contains('=') && text.contains('#'), "{text}");
    // Both sides of zero in one colour, the ground's.
    let theme = Theme::default();
    let cells = draw(&of(vec![-1e-9, 1e-9, -1e-9, 1e-9], 1.0), &theme, 38, 10);
    let grounds: std::collections::HashSet<_> = (20..30).map(|x| cells[(x, 6)].bg).collect();
    assert_eq!(grounds.len(), 1);
}

#[test]
fn a_thin_band_is_whole_behind_its_curve() {
    let theme = Theme { ground: Ground::Dark, depth: Depth::True, glyphs: Glyphs::Braille };
    let pale = theme.fill(Role::Model);
    // A tenth of a row at every place a row can be cut.
    for offset in [0.0, 0.2, 0.45, 0.5, 0.7, 0.95] {
        let (x, y) = (vec![0.0, 1.0], vec![offset; 2]);
        let plot = Plot::Lines(Lines {
            x: Axis::of("x").within(0.0, 1.0),
            y: Axis::of("y").within(-5.0, 5.0),
            series: vec![Series::band("model", Role::Model, x, y, vec![0.05; 2])],
        });
        let buffer = draw(&figure(plot), &theme, 40, 12);
        let filled = buffer.content().iter().filter(|cell| Some(cell.bg) == pale).count();
        let curve = |cell: &&ratatui::buffer::Cell| ("⠁"..="⣿").contains(&cell.symbol());
        let drawn: Vec<_> = buffer.content().iter().filter(curve).collect();
        assert!(filled >= 30 && filled == drawn.len(), "{offset}: {filled} {}", drawn.len());
        assert!(drawn.iter().all(|cell| Some(cell.bg) == pale), "{offset}");
    }
}

#[test]
fn many_digits_are_seen_where_grey_would_show_a_few() {
    let image = |on: usize| Image {
        pixels: (0..64).map(|i| if i == on { 1.0 } else { 0.1 }).collect(),
        caption: String::new(),
        role: Role::Model,
    };
    let of = |n: usize| {
        let images = (0..n).map(image).collect();
        figure(Plot::Images(Images { width: 8, height: 8, images }))
    };
    let seen = |n, width, height| {
        let text = rows(&draw(&of(n), &Theme::default(), width, height)).join("\n");
        let dots = text.chars().filter(|c| ('\u{2801}'..='\u{28ff}').contains(c)).count();
        (dots, text)
    };
    let (dots, text) = seen(64, 60, 16);
    assert_eq!((dots, text.contains('+')), (64, false), "{text}");
    let (dots, text) = seen(40, 38, 8);
    assert_eq!((dots, text.contains("+12")), (28, true), "{text}");
    // In grey, where that shows most of them.
    assert_eq!(seen(10, 38, 8).0, 0);
}

#[test]
fn small_digits_keep_their_grey_levels_where_there_are_colours() {
    // Two strokes, one bright and one at seven tenths, on black.
    let pixels = |i: usize| [1.0, 0.0, 0.0, 0.0, 0.7, 0.0, 0.0, 0.0][i % 8];
    let image = || Image {
        pixels: (0..64).map(pixels).collect(),
        caption: String::new(),
        role: Role::Model,
    };
    let images = (0..64).map(|_| image()).collect();
    let many = figure(Plot::Images(Images { width: 8, height: 8, images }));
    let strokes = |theme: &Theme| {
        let cells = draw(&many, theme, 60, 16);
        let inked = |c: &&ratatui::buffer::Cell| c.symbol() == "\u{2847}";
        let shades = cells.content().iter().filter(inked).map(|c| c.fg);
        shades.collect::<std::collections::HashSet<_>>().len()
    };
    assert_eq!(strokes(&Theme { depth: Depth::True, ..Theme::default() }), 2);
    assert_eq!(strokes(&Theme { depth: Depth::None, ..Theme::default() }), 1);
}

#[test]
fn a_table_gives_way_number_by_number_before_a_column_goes() {
    let number = |value, error| Cell::Number { value, error };
    let row = |name: &str| {
        vec![
            Cell::Text(name.to_owned()),
            number(0.4312, Some(0.004)),
            number(0.0123, Some(0.001)),
            number(1.0012, None),
            number(-0.002, Some(0.02)),
        ]
    };
    let table = figure(Plot::Table(Table {
        columns: vec!["sampler", "accept", "ESS/eval", "R-hat", "bias"],
        rows: vec![row("Hamiltonian Monte Carlo"), row("MALA")],
        leads: Vec::new(),
    }));
    let text = |width| rows(&draw(&table, &Theme::default(), width, 8)).join("\n");
    assert!(text(90).contains("0.431 ±0.004"));
    let narrow = text(38);
    for words in ["Hamilt", "0.431", "0.0123", "1.001", "-0.002", "bias"] {
        assert!(narrow.contains(words), "{words} in\n{narrow}");
    }
    assert!(!narrow.contains('±'));
    let columns: Vec<usize> = narrow
        .lines()
        .filter_map(|line| line.find("1.001").map(|at| line[..at].chars().count()))
        .collect();
    assert!(columns.len() == 2 && columns[0] == columns[1], "aligned: {narrow}");
    // A column that is left out is missed.
    assert!(text(24).lines().any(|l| l.contains("accept") && l.contains('…')), "{}", text(24));
}
