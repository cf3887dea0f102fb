//! Every kind of figure in every look, at every small size, with good, bad and no data.

mod small;

use super::{Chart, Labels};
use crate::lab::view::*;
use crate::ui::theme::{Depth, Glyphs, Theme, tests::all};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;
use ratatui::widgets::Widget;

/// The ids themselves, but some in Korean.
struct Words;

impl Labels for Words {
    fn label<'a>(&'a self, id: &'a str) -> &'a str {
        match id {
            "no-data-yet" => "아직 데이터가 없습니다",
            "waiting" => "기다린 시간 (분)",
            "model" => "모형",
            other => other,
        }
    }
}

fn figure(plot: Plot) -> Figure {
    Figure { id: "figure", plot }
}

fn draw(figure: &Figure, theme: &Theme, width: u16, height: u16) -> Buffer {
    // The area stands inside a larger buffer, so that a write outside of it can be seen.
    let mut buf = Buffer::empty(Rect::new(0, 0, width + 4, height + 4));
    Chart { figure, labels: &Words, theme, cursor: None }
        .render(Rect::new(2, 2, width, height), &mut buf);
    buf
}

fn rows(buf: &Buffer) -> Vec<String> {
    (0..buf.area.height)
        .map(|y| (0..buf.area.width).map(|x| buf[(x, y)].symbol()).collect())
        .collect()
}

fn grid(n: usize) -> Vec<f64> {
    (0..n).map(|i| i as f64 / (n.max(2) - 1) as f64 * 4.0 - 2.0).collect()
}

fn lines(y: impl Fn(f64) -> f64, log: bool) -> Plot {
    let x = grid(101);
    let values: Vec<f64> = x.iter().map(|x| y(*x)).collect();
    let edges = grid(12);
    let heights = edges[1..].iter().map(|x| y(*x)).collect();
    let axis = |label| if log { Axis::of(label).logarithmic() } else { Axis::of(label) };
    let few: Vec<f64> = grid(9);
    let mut points = Series::points(
        "estimate",
        Role::Estimate,
        few.clone(),
        few.iter().map(|x| y(*x)).collect(),
    );
    points.spread = vec![0.3; 9];
    Plot::Lines(Lines {
        x: Axis::of("waiting"),
        y: axis("energy"),
        series: vec![
            Series::histogram("data", Role::Data, edges.clone(), heights),
            Series::histogram("noise", Role::Noise, edges, vec![1.0; 11]),
            Series::band("model", Role::Model, x.clone(), values.clone(), vec![0.2; 101]),
            Series::line("exact", Role::Exact, x, values),
            points,
        ],
    })
}

fn field(value: impl Fn(f64, f64) -> f64) -> Plot {
    let (x, y) = (grid(12), grid(9));
    Plot::Field(Field {
        x: Axis::of("x").within(-2.0, 2.0),
        y: Axis::of("y").within(-2.0, 2.0),
        value: Axis::of("energy"),
        low_is_bright: false,
        columns: 12,
        values: y.iter().flat_map(|y| x.iter().map(|x| value(*x, *y))).collect(),
        dots: vec![Dots {
            label: "walkers",
            role: Role::Model,
            points: vec![(0.0, 0.0), (9.0, 9.0), (f64::NAN, 1.0), (2.0, 2.0)],
        }],
        arrows: vec![Arrows {
            label: "force",
            role: Role::Estimate,
            arrows: vec![(1.0, 1.0, 0.5, -0.5), (0.0, 0.0, f64::NAN, 0.0), (-1.0, 0.0, 0.0, 0.0)],
        }],
    })
}

fn bars(values: &[f64]) -> Plot {
    Plot::Bars(Bars {
        value: Axis::of("error"),
        categories: vec!["waiting", "nce", "info-nce"],
        series: vec![
            BarSeries {
                label: "model",
                role: Role::Model,
                values: values.to_vec(),
                errors: vec![0.1; values.len()],
            },
            BarSeries {
                label: "exact",
                role: Role::Exact,
                values: values.iter().map(|v| -v).collect(),
                errors: vec![],
            },
        ],
    })
}

fn matrix(n: usize, value: impl Fn(usize, usize) -> f64) -> Plot {
    Plot::Matrix(Matrix {
        rows: "waiting",
        columns: "model",
        value: Axis::of("similarity"),
        width: n,
        values: (0..n * n).map(|i| value(i / n, i % n)).collect(),
    })
}

fn scatter(points: Vec<(f64, f64)>) -> Plot {
    Plot::Scatter(Scatter {
        x: Axis::of("waiting"),
        y: Axis::of("eruption"),
        groups: vec![Dots { label: "data", role: Role::Data, points }],
        equal: true,
    })
}

fn table(value: f64) -> Plot {
    let row = |name| {
        vec![
            Cell::Label(name),
            Cell::Number { value, error: Some(0.01) },
            Cell::Text("기체".to_owned()),
        ]
    };
    Plot::Table(Table {
        columns: vec!["waiting", "model", "x"],
        rows: vec![row("model"), row("n")],
        leads: Vec::new(),
    })
}

fn images(n: usize, value: f32) -> Plot {
    let image = Image { pixels: vec![value; 64], caption: "숫자 3".to_owned(), role: Role::Data };
    Plot::Images(Images { width: 8, height: 8, images: vec![image; n] })
}

/// All kinds over one sort of values.
fn kinds(v: f64) -> Vec<Figure> {
    let mut plots = vec![
        lines(|x| v * x, false),
        lines(|x| v * x, true),
        lines(|_| v, false),
        field(|x, y| v * (x + y)),
        field(|_, _| v),
        bars(&[v, -v, v / 2.0]),
        matrix(5, |r, c| v * (r as f64 - c as f64)),
        matrix(50, |r, c| v * (r + c) as f64),
        scatter(vec![(v, v), (1.0, v), (v, -v)]),
        scatter(vec![(v, v)]),
        table(v),
        images(3, v as f32),
    ];
    let n = 3000;
    plots.push(scatter((0..n).map(|i| (f64::from(i).sin() * v, f64::from(i).cos())).collect()));
    plots.into_iter().map(figure).collect()
}

fn empty() -> Vec<Figure> {
    vec![
        figure(Plot::Lines(Lines { x: Axis::of("x"), y: Axis::of("y"), series: vec![] })),
        figure(bars(&[])),
        figure(Plot::Field(Field {
            x: Axis::of("x"),
            y: Axis::of("y"),
            value: Axis::of("v"),
            low_is_bright: true,
            columns: 0,
            values: vec![],
            dots: vec![],
            arrows: vec![],
        })),
        figure(matrix(0, |_, _| 0.0)),
        figure(scatter(vec![])),
        figure(images(0, 0.0)),
        figure(Plot::Table(Table { columns: vec![], rows: vec![], leads: Vec::new() })),
    ]
}

#[test]
fn no_size_look_or_value_panics_or_leaves_the_area() {
    let looks = [
        Theme::default(),
        Theme { depth: Depth::Ansi, ..Theme::default() },
        Theme { glyphs: Glyphs::Blocks, ..Theme::default() },
        Theme::named("plain").unwrap(),
    ];
    let mut figures = empty();
    for v in [1.0, 0.0, f64::NAN, f64::INFINITY, 1e300, 1e-300, f64::MAX] {
        figures.extend(kinds(v));
    }
    for figure in &figures {
        for width in (0..=41).step_by(1) {
            for height in 0..=20 {
                let theme = &looks[(usize::from(width) + usize::from(height)) % looks.len()];
                let buf = draw(figure, theme, width, height);
                for y in 0..buf.area.height {
                    for x in 0..buf.area.width {
                        let inside = (2..2 + width).contains(&x) && (2..2 + height).contains(&y);
                        let cell = &buf[(x, y)];
                        let blank = cell.symbol() == " " && cell.bg == Color::Reset;
                        assert!(inside || blank, "{width}x{height} {x},{y} {cell:?} {figure:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn every_look_draws_every_kind() {
    for theme in all() {
        for figure in kinds(1.0) {
            let buf = draw(&figure, &theme, 200, 60);
            let drawn = buf.content().iter().filter(|c| c.symbol() != " " || c.bg != Color::Reset);
            assert!(drawn.count() > 5, "{theme:?} {figure:?}");
            if theme.depth == Depth::None {
                let plain =
                    |c: &ratatui::buffer::Cell| c.fg == Color::Reset && c.bg == Color::Reset;
                assert!(buf.content().iter().all(plain), "{theme:?} {figure:?}");
            }
            if theme.ascii() && !matches!(figure.plot, Plot::Images(_) | Plot::Table(_)) {
                let foreign = |c: &&ratatui::buffer::Cell| {
                    c.symbol().chars().any(|ch| !ch.is_ascii() && !('가'..='힣').contains(&ch))
                };
                assert!(buf.content().iter().find(foreign).is_none(), "{figure:?}");
            }
        }
    }
}

#[test]
fn nothing_to_show_is_said_in_words() {
    let without_values = kinds(f64::NAN).into_iter().filter(|f| {
        !matches!(&f.plot, Plot::Table(_) | Plot::Images(_) | Plot::Lines(_) | Plot::Scatter(_))
    });
    for figure in empty().into_iter().chain(without_values) {
        if matches!(&figure.plot, Plot::Table(t) if !t.rows.is_empty()) {
            continue;
        }
        let text = rows(&draw(&figure, &Theme::default(), 40, 9)).concat().replace(' ', "");
        assert!(text.contains("아직데이터가없습니다"), "{figure:?}");
    }
}

/// A wide glyph takes its own cell and blanks the next; were its half overwritten, the text that a
/// terminal shows would be shifted.
#[test]
fn a_wide_glyph_is_never_cut_in_half() {
    for figure in kinds(1.0) {
        for width in 0..48 {
            let buf = draw(&figure, &Theme::default(), width, 12);
            for y in 0..buf.area.height {
                for x in 0..buf.area.width {
                    if super::write::width(buf[(x, y)].symbol()) == 2 {
                        assert!(x + 1 < 2 + width, "{width} {x},{y}");
                        assert_eq!(buf[(x + 1, y)].symbol(), " ", "{width} {x},{y} {figure:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_lowest_value_is_darkest_and_stands_below() {
    let lightness = |plot: &Plot, y: u16| {
        let buf = draw(&figure(plot.clone()), &Theme::default(), 60, 20);
        match buf[(20, y)].bg {
            Color::Rgb(r, g, b) => crate::ui::theme::palette::luminance((r, g, b)),
            other => panic!("{other:?}"),
        }
    };
    let mut rising = field(|_, y| y);
    assert!(lightness(&rising, 6) > lightness(&rising, 15));
    // Unless the low values are what is likely.
    if let Plot::Field(field) = &mut rising {
        field.low_is_bright = true;
    }
    assert!(lightness(&rising, 6) < lightness(&rising, 15));
}

#[test]
fn a_histogram_stands_on_zero_and_its_bars_are_as_high_as_its_numbers() {
    let plot = Plot::Lines(Lines {
        x: Axis::of(""),
        y: Axis::of("").within(0.0, 4.0),
        series: vec![Series::histogram("", Role::Data, vec![0.0, 1.0, 2.0], vec![4.0, 1.5])],
    });
    let theme = Theme::default();
    let buf = draw(&figure(plot), &theme, 11, 3);
    let fill = theme.fill(Role::Data).unwrap();
    // Three rows for 0..4: 4 fills three cells, 1.5 one and an eighth.
    let cell = |x: u16, y: u16| (buf[(x, y)].bg == fill, buf[(x, y)].symbol().to_owned());
    for y in 2..5 {
        assert_eq!(cell(2, y), (true, " ".into()));
    }
    assert_eq!(cell(12, 4), (true, " ".into()));
    assert_eq!(cell(12, 3), (false, "▁".into()));
    assert_eq!(cell(12, 2), (false, " ".into()));
}

#[test]
fn what_has_no_name_is_drawn_and_not_in_the_legend_and_five_rows_have_three_ticks() {
    let plot = Plot::Lines(Lines {
        x: Axis::of("").within(0.0, 4.0),
        y: Axis::of("nats").within(-2.0, 3.0),
        series: vec![
            Series::line("seen", Role::Model, vec![0.0, 4.0], vec![1.0; 2]),
            Series::points("", Role::Exact, vec![2.0], vec![0.0]),
        ],
    });
    let drawn = rows(&draw(&figure(plot), &Theme::default(), 40, 8));
    assert!(drawn[2].contains("seen"), "{drawn:#?}");
    let crosses: usize = drawn.iter().map(|row| row.matches('×').count()).sum();
    assert_eq!(crosses, 1, "{drawn:#?}");
    assert_eq!(drawn.iter().filter(|row| row.contains('┤')).count(), 3, "{drawn:#?}");
}

#[test]
fn a_bar_is_as_long_as_its_value() {
    let plot = Plot::Bars(Bars {
        value: Axis::of(""),
        categories: vec!["a", "b"],
        series: vec![BarSeries {
            label: "model",
            role: Role::Model,
            values: vec![2.0, 1.0],
            errors: vec![],
        }],
    });
    let text = rows(&draw(&figure(plot), &Theme::default(), 38, 3));
    let full = |row: &str| row.chars().filter(|c| *c == '█').count();
    // Two columns for the names, three for the numbers, the rest for the longest bar.
    assert_eq!(full(&text[2]), 33);
    assert_eq!(full(&text[4]), 16);
}

#[test]
fn one_unit_is_as_long_on_both_axes_where_asked() {
    let square = vec![(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)];
    let text = rows(&draw(&figure(scatter(square)), &Theme::default(), 60, 20));
    let hits: Vec<(usize, usize)> = text
        .iter()
        .enumerate()
        .skip(3)
        .flat_map(|(y, row)| {
            row.chars().enumerate().filter(|(_, c)| *c == '●').map(move |(x, _)| (x, y))
        })
        .collect();
    let span = |f: fn(&(usize, usize)) -> usize| {
        hits.iter().map(f).max().unwrap() - hits.iter().map(f).min().unwrap()
    };
    let (across, down) = (span(|h| h.0), span(|h| h.1));
    assert_eq!(hits.len(), 4);
    assert!(across.abs_diff(2 * down) <= 2, "{across} across, {down} down");
}

#[test]
fn a_hundred_thousand_points_are_no_trouble() {
    let n = 100_000;
    let x: Vec<f64> = (0..n).map(f64::from).collect();
    let y: Vec<f64> = x.iter().map(|x| (x / 300.0).sin()).collect();
    let plot = Plot::Lines(Lines {
        x: Axis::of("x"),
        y: Axis::of("y"),
        series: vec![Series::line("a", Role::Model, x, y)],
    });
    let buf = draw(&figure(plot), &Theme::default(), 200, 60);
    assert!(rows(&buf).concat().chars().any(|c| ('\u{2801}'..='\u{28ff}').contains(&c)));
}
