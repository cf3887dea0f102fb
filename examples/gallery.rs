//! Every kind of figure in every look, in a real terminal.
//!
//! `cargo run --example gallery [LOOK] [PAGE]`: left and right turn pages, `t` changes the look,
//! `q` quits. Looks: dark, light, mono, plain, and dark-256, dark-16, light-16, blocks.

use contrastlab::lab::view::*;
use contrastlab::math::rng;
use contrastlab::ui::chart::{Chart, Labels};
use contrastlab::ui::terminal::Screen;
use contrastlab::ui::theme::{Depth, Glyphs, Ground, Part, Theme};
use crossterm::event::{Event, KeyCode, KeyEventKind, read};
use rand_distr::{Distribution, Normal};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::widgets::{Block, Widget};

/// The ids, a few of them as a Korean lesson would word them.
struct Words;

impl Labels for Words {
    fn label<'a>(&'a self, id: &'a str) -> &'a str {
        match id {
            "mean-energy-ko" => "평균 에너지 ⟨E⟩ (kT)",
            "steps-ko" => "걸음 수",
            "chains-ko" => "사슬 평균",
            "exact-ko" => "정확한 값",
            "no-data-yet" => "no data yet",
            other => other,
        }
    }
}

fn looks() -> Vec<(&'static str, Theme)> {
    let dark = Theme::default();
    let mut looks: Vec<(&str, Theme)> =
        Theme::NAMES.iter().filter_map(|name| Some((*name, Theme::named(name)?))).collect();
    looks.extend([
        ("dark-256", Theme { depth: Depth::Indexed, ..dark }),
        ("dark-16", Theme { depth: Depth::Ansi, ..dark }),
        ("light-16", Theme { depth: Depth::Ansi, ground: Ground::Light, ..dark }),
        ("blocks", Theme { glyphs: Glyphs::Blocks, ..dark }),
    ]);
    looks
}

fn grid(low: f64, high: f64, n: usize) -> Vec<f64> {
    (0..n).map(|i| low + (high - low) * i as f64 / (n - 1) as f64).collect()
}

fn normal(seed: u64, n: usize) -> Vec<f64> {
    let mut rng = rng::stream(seed, 0);
    let Ok(normal) = Normal::new(0.0, 1.0) else { return Vec::new() };
    (0..n).map(|_| normal.sample(&mut rng)).collect()
}

fn map(x: &[f64], f: impl Fn(f64) -> f64) -> Vec<f64> {
    x.iter().map(|x| f(*x)).collect()
}

fn histogram(values: &[f64], low: f64, high: f64, bins: usize) -> (Vec<f64>, Vec<f64>) {
    let width = (high - low) / bins as f64;
    let mut heights = vec![0.0; bins];
    for v in values {
        let bin = (v - low) / width;
        if bin >= 0.0 && (bin as usize) < bins {
            heights[bin as usize] += 1.0 / (values.len() as f64 * width);
        }
    }
    (grid(low, high, bins + 1), heights)
}

fn lines(id: &'static str, x: Axis, y: Axis, series: Vec<Series>) -> Figure {
    Figure { id, plot: Plot::Lines(Lines { x, y, series }) }
}

fn double_well(x: f64) -> f64 {
    2.0 * (x * x - 1.0).powi(2)
}

fn walkers() -> Vec<f64> {
    normal(7, 400)
        .iter()
        .enumerate()
        .map(|(i, z)| (if i % 3 == 0 { -1.0 } else { 1.0 }) + 0.27 * z)
        .collect()
}

fn landscape() -> Figure {
    let x = grid(-2.0, 2.0, 400);
    let few: Vec<f64> = walkers().into_iter().take(40).collect();
    lines(
        "energy landscape, walkers",
        Axis::of("x"),
        Axis::of("E(x) (kT)").within(-0.5, 6.0),
        vec![
            Series::line("energy", Role::Model, x.clone(), map(&x, double_well)),
            Series::points("walkers", Role::Data, few.clone(), map(&few, double_well)),
        ],
    )
}

fn density() -> Figure {
    let x = grid(-2.0, 2.0, 400);
    // The normalising constant of exp(-2 (x^2 - 1)^2), by scipy's quad.
    let z = 1.410_914_7;
    let (edges, heights) = histogram(&walkers(), -2.0, 2.0, 40);
    let wobble = |x: f64| (-double_well(x)).exp() / z * (1.0 + 0.12 * (3.0 * x).sin());
    lines(
        "histogram against the exact density",
        Axis::of("x"),
        Axis::of("density"),
        vec![
            Series::histogram("walkers", Role::Data, edges, heights),
            Series::line("model", Role::Model, x.clone(), map(&x, wobble)),
            Series::line("exact", Role::Exact, x.clone(), map(&x, |x| (-double_well(x)).exp() / z)),
        ],
    )
}

fn mean_energy() -> Figure {
    let steps = grid(0.0, 2000.0, 300);
    let noise = normal(3, 300);
    let y =
        steps.iter().zip(&noise).map(|(t, z)| 0.51 + 1.4 * (-t / 200.0).exp() + 0.03 * z).collect();
    let spread = map(&steps, |t| 0.06 + 0.2 * (-t / 300.0).exp());
    lines(
        "mean energy",
        Axis::of("steps-ko"),
        Axis::of("mean-energy-ko"),
        vec![
            Series::band("chains-ko", Role::Estimate, steps.clone(), y, spread),
            Series::line("exact-ko", Role::Exact, steps.clone(), vec![0.507; 300]),
        ],
    )
}

fn free_energy() -> Figure {
    let t = grid(0.1, 4.0, 200);
    let coarse = grid(0.25, 4.0, 12);
    let mut points = Series::points(
        "<E> sampled",
        Role::Estimate,
        coarse.clone(),
        map(&coarse, |t| 0.42 * t + 0.02),
    );
    points.spread = map(&coarse, |t| 0.12 * t);
    lines(
        "free energy",
        Axis::of("temperature T"),
        Axis::of("energy (kT)"),
        vec![
            Series::line("F", Role::Model, t.clone(), map(&t, |t| -0.7 * t * (1.0 + 0.4 * t.ln()))),
            Series::line(
                "T S",
                Role::Noise,
                t.clone(),
                map(&t, |t| 0.42 * t + 0.7 * t * (1.0 + 0.4 * t.ln())),
            ),
            Series::line("<E>", Role::Exact, t.clone(), map(&t, |t| 0.42 * t)),
            points,
        ],
    )
}

fn likelihood() -> Figure {
    let steps = grid(1.0, 10_000.0, 500);
    let y =
        steps.iter().zip(normal(5, 500)).map(|(t, z)| 3.9 + 60.0 / (t + 8.0) + 0.01 * z).collect();
    lines(
        "negative log-likelihood",
        Axis::of("steps").logarithmic(),
        Axis::of("NLL (nats)").logarithmic(),
        vec![
            Series::line("model", Role::Model, steps.clone(), y),
            Series::line("floor", Role::Exact, steps.clone(), vec![3.88; 500]),
        ],
    )
}

/// Müller and Brown, Theor. Chim. Acta 53 (1979).
fn muller_brown(x: f64, y: f64) -> f64 {
    const A: [(f64, f64, f64, f64, f64, f64); 4] = [
        (-200.0, -1.0, 0.0, -10.0, 1.0, 0.0),
        (-100.0, -1.0, 0.0, -10.0, 0.0, 0.5),
        (-170.0, -6.5, 11.0, -6.5, -0.5, 1.5),
        (15.0, 0.7, 0.6, 0.7, -1.0, 1.0),
    ];
    A.iter()
        .map(|(h, a, b, c, x0, y0)| {
            let (dx, dy) = (x - x0, y - y0);
            h * (a * dx * dx + b * dx * dy + c * dy * dy).exp()
        })
        .sum()
}

fn field(walkers: usize, arrows: bool) -> Figure {
    let (x, y) = (grid(-1.5, 1.2, 80), grid(-0.4, 2.0, 40));
    let z = normal(11, 2 * walkers);
    let minima = [(-0.558, 1.442), (0.623, 0.028), (-0.05, 0.467)];
    let points = (0..walkers)
        .map(|i| {
            let (a, b) = minima[[0, 0, 0, 1, 1, 2][i % 6]];
            (a + 0.12 * z[2 * i] - 0.08 * z[2 * i + 1], b + 0.12 * z[2 * i + 1])
        })
        .collect();
    let force = |a: f64, b: f64| {
        let h = 1e-4;
        let dx = (muller_brown(a + h, b) - muller_brown(a - h, b)) / (2.0 * h);
        let dy = (muller_brown(a, b + h) - muller_brown(a, b - h)) / (2.0 * h);
        let size = dx.hypot(dy).max(1e-9);
        (a, b, -0.2 * dx / size, -0.2 * dy / size)
    };
    let arrows = if arrows {
        let all = grid(-1.4, 1.1, 10)
            .into_iter()
            .flat_map(|a| grid(-0.3, 1.9, 8).into_iter().map(move |b| (a, b)));
        vec![Arrows {
            label: "force",
            role: Role::Estimate,
            arrows: all.map(|(a, b)| force(a, b)).collect(),
        }]
    } else {
        vec![]
    };
    Figure {
        id: "Müller-Brown energy",
        plot: Plot::Field(Field {
            x: Axis::of("x").within(-1.5, 1.2),
            y: Axis::of("y").within(-0.4, 2.0),
            value: Axis::of("E").within(-147.0, 60.0),
            low_is_bright: true,
            columns: 80,
            values: y.iter().flat_map(|y| x.iter().map(|x| muller_brown(*x, *y))).collect(),
            dots: vec![Dots { label: "walkers", role: Role::Model, points }],
            arrows,
        }),
    }
}

fn bars() -> Figure {
    let series = |label, role, values: Vec<f64>, errors| BarSeries { label, role, values, errors };
    Figure {
        id: "gradient error",
        plot: Plot::Bars(Bars {
            value: Axis::of("bias of the gradient"),
            categories: vec!["CD-1", "CD-10", "평균 에너지", "score matching"],
            series: vec![
                series(
                    "estimate",
                    Role::Estimate,
                    vec![0.82, 0.31, 0.12, -0.05],
                    vec![0.08, 0.05, 0.04, 0.03],
                ),
                series("exact", Role::Exact, vec![0.85, 0.28, 0.10, -0.04], vec![]),
            ],
        }),
    }
}

fn matrix(n: usize) -> Figure {
    let z = normal(2, n * n);
    let value = |i: usize| {
        let (r, c) = (i / n, i % n);
        (if r == c {
            0.8
        } else if r / 4 == c / 4 {
            0.3
        } else {
            -0.1
        }) + 0.15 * z[i]
    };
    Figure {
        id: "similarities",
        plot: Plot::Matrix(Matrix {
            rows: "image",
            columns: "caption",
            value: Axis::of("cosine similarity"),
            width: n,
            values: (0..n * n).map(value).collect(),
        }),
    }
}

fn digits(n: usize) -> Figure {
    let text = include_str!("../data/digits.csv");
    let images = text.lines().take(n).map(|line| {
        let numbers: Vec<f32> = line.split(',').filter_map(|v| v.trim().parse().ok()).collect();
        Image {
            caption: numbers.get(64).map(|v| format!("{v}")).unwrap_or_default(),
            pixels: numbers.iter().take(64).map(|v| v / 16.0).collect(),
            role: Role::Data,
        }
    });
    Figure {
        id: "digits",
        plot: Plot::Images(Images { width: 8, height: 8, images: images.collect() }),
    }
}

fn faithful(equal: bool, many: bool) -> Figure {
    let text = include_str!("../data/faithful.csv");
    let points: Vec<(f64, f64)> = text
        .lines()
        .filter_map(|line| line.split_once(','))
        .filter_map(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)))
        .collect();
    let n = if many { 1500 } else { 60 };
    let z = normal(4, 2 * n);
    let model = (0..n)
        .map(|i| {
            let (a, b, s) = if i % 3 == 0 { (2.04, 54.5, 0.26) } else { (4.29, 80.0, 0.41) };
            (a + s * z[2 * i], b + 5.9 * z[2 * i + 1])
        })
        .collect();
    Figure {
        id: "Old Faithful",
        plot: Plot::Scatter(Scatter {
            x: Axis::of("eruption (min)"),
            y: Axis::of("waiting (min)"),
            groups: vec![
                Dots { label: "model", role: Role::Model, points: model },
                Dots { label: "data", role: Role::Data, points },
            ],
            equal,
        }),
    }
}

fn table() -> Figure {
    let row = |name, a: f64, e, b| {
        vec![
            Cell::Label(name),
            Cell::Number { value: a, error: Some(e) },
            Cell::Number { value: b, error: None },
        ]
    };
    Figure {
        id: "estimates",
        plot: Plot::Table(Table {
            columns: vec!["quantity", "sampled", "exact"],
            rows: vec![
                row("log Z", 0.3466, 0.0041, 0.344_238_4),
                row("mean-energy-ko", 0.51, 0.012, 0.507),
                row("heat capacity", 0.62, 0.13, 0.6071),
                row("entropy", f64::NAN, 0.1, 0.851),
            ],
            leads: Vec::new(),
        }),
    }
}

/// Two groups of arrows, the second a little wrong, over a density.
fn scores(n: usize) -> Figure {
    let (x, y) = (grid(-3.0, 3.0, 60), grid(-3.0, 3.0, 40));
    let centres = [(-1.2, 0.5), (1.4, -0.6)];
    let p = |a: f64, b: f64, s: f64| -> f64 {
        centres.iter().map(|(c, d)| (-((a - c).powi(2) + (b - d).powi(2)) / (2.0 * s)).exp()).sum()
    };
    let force = |a: f64, b: f64, s: f64| {
        let h = 1e-4;
        let dx = (p(a + h, b, s).ln() - p(a - h, b, s).ln()) / (2.0 * h);
        let dy = (p(a, b + h, s).ln() - p(a, b - h, s).ln()) / (2.0 * h);
        let size = 0.4 / dx.hypot(dy).max(1.0);
        (a, b, size * dx, size * dy)
    };
    let group = |label, role, s| {
        let all = grid(-2.7, 2.7, n)
            .into_iter()
            .flat_map(|a| grid(-2.7, 2.7, n).into_iter().map(move |b| (a, b)));
        Arrows { label, role, arrows: all.map(|(a, b)| force(a, b, s)).collect() }
    };
    Figure {
        id: "scores",
        plot: Plot::Field(Field {
            x: Axis::of("x").within(-3.0, 3.0),
            y: Axis::of("y").within(-3.0, 3.0),
            value: Axis::of("p"),
            low_is_bright: false,
            columns: 60,
            values: y.iter().flat_map(|b| x.iter().map(|a| p(*a, *b, 0.4))).collect(),
            dots: vec![],
            arrows: vec![group("true", Role::Exact, 0.4), group("learned", Role::Estimate, 1.2)],
        }),
    }
}

/// Data less model: about zero, both ways.
fn difference() -> Figure {
    let (x, y) = (grid(-3.0, 3.0, 60), grid(-3.0, 3.0, 40));
    let bump = |a: f64, b: f64, c: f64, d: f64| (-((a - c).powi(2) + (b - d).powi(2))).exp();
    let value = |a: f64, b: f64| bump(a, b, -1.2, 0.5) - bump(a, b, 1.4, -0.6);
    Figure {
        id: "data - model",
        plot: Plot::Field(Field {
            x: Axis::of("x").within(-3.0, 3.0),
            y: Axis::of("y").within(-3.0, 3.0),
            value: Axis::of("dp").within(-1.0, 1.0),
            low_is_bright: false,
            columns: 60,
            values: y.iter().flat_map(|b| x.iter().map(|a| value(*a, *b))).collect(),
            dots: vec![Dots {
                label: "data",
                role: Role::Data,
                points: vec![(-1.0, 0.5), (-1.4, 0.2), (1.2, -0.5)],
            }],
            arrows: vec![],
        }),
    }
}

/// Errors over six decades of work, each with its own error bar.
fn errors() -> Figure {
    let work: Vec<f64> = (0..13).map(|i| 10f64.powf(f64::from(i) / 2.0 + 1.0)).collect();
    let z = normal(9, 26);
    let curve = |label, role, scale: f64, shift: usize| {
        let y: Vec<f64> = work
            .iter()
            .enumerate()
            .map(|(i, n)| scale / n.sqrt() * (0.25 * z[i + shift]).exp())
            .collect();
        let spread = y.iter().map(|y| 0.3 * y).collect();
        Series { spread, ..Series::points(label, role, work.clone(), y) }
    };
    lines(
        "error against evaluations",
        Axis::of("density evaluations").logarithmic(),
        Axis::of("error").logarithmic(),
        vec![
            curve("importance", Role::Estimate, 30.0, 0),
            curve("annealed", Role::Model, 1.0, 13),
            Series::line("1/sqrt n", Role::Exact, work.clone(), map(&work, |n| 3.0 / n.sqrt())),
        ],
    )
}

/// A row a sampler, more numbers than fit.
fn samplers() -> Figure {
    let number = |value, error| Cell::Number { value, error };
    let row = |name, r: [f64; 4]| {
        vec![
            Cell::Label(name),
            number(r[0], Some(0.004)),
            number(r[1], Some(r[1] * 0.1)),
            number(r[2], None),
            number(r[3], Some(0.02)),
            number(1234.5 * r[0], Some(40.0)),
        ]
    };
    Figure {
        id: "samplers",
        plot: Plot::Table(Table {
            columns: vec!["sampler", "accept", "ESS/eval", "R-hat", "bias", "passage"],
            rows: vec![
                row("Metropolis", [0.4312, 0.0123, 1.0012, 0.004]),
                row("Langevin (ULA)", [1.0, 0.0345, 1.0008, 0.131]),
                row("MALA", [0.912, 0.0312, 1.0011, -0.002]),
                row("Hamiltonian MC", [0.988, 0.0789, 1.0003, 0.001]),
                row("Gibbs", [1.0, f64::NAN, 1.1, 0.0]),
            ],
            leads: Vec::new(),
        }),
    }
}

fn nothing() -> Figure {
    lines(
        "not started",
        Axis::of("steps"),
        Axis::of("NLL"),
        vec![Series::line("model", Role::Model, vec![f64::NAN], vec![1.0])],
    )
}

fn pages() -> Vec<Vec<Figure>> {
    vec![
        vec![landscape(), density(), mean_energy(), free_energy()],
        vec![field(500, false), likelihood(), field(30, true), faithful(false, false)],
        vec![bars(), matrix(8), digits(10), table()],
        vec![matrix(64), faithful(false, true), nothing(), faithful(true, false)],
        vec![field(500, false)],
        vec![density()],
        // At 126x40 each panel is as small as the lab's at 80x24.
        vec![
            scores(8),
            scores(12),
            difference(),
            digits(10),
            digits(20),
            digits(40),
            samplers(),
            errors(),
            field(30, true),
            landscape(),
            bars(),
            matrix(8),
        ],
        vec![scores(16), digits(40), samplers(), errors()],
        vec![scores(14)],
    ]
}

fn draw(frame: &mut Frame<'_>, figures: &[Figure], name: &str, theme: &Theme) {
    let ground = match theme.ground {
        Ground::Light if theme.depth != Depth::None => {
            Style::new().bg(ratatui::style::Color::White).fg(ratatui::style::Color::Black)
        }
        _ => Style::new(),
    };
    let area = frame.area();
    frame.buffer_mut().set_style(area, ground);
    let across = if figures.len() > 4 { 3 } else { 2 };
    let down = figures.len().div_ceil(across);
    let rows = Layout::vertical(vec![Constraint::Fill(1); down]).split(area);
    for (i, figure) in figures.iter().enumerate() {
        let in_row = (figures.len() - i / across * across).min(across);
        let cells = Layout::horizontal(vec![Constraint::Fill(1); in_row]).split(rows[i / across]);
        panel(frame, cells[i % across], figure, theme, i == 0);
    }
    let slider = theme.slider(12, 0.4);
    let words = format!(" {name} {slider} {} ", theme.sparkline(&[1.0, 3.0, 2.0, 5.0, 4.0], 8));
    let width = (words.chars().count() as u16).min(area.width);
    let corner =
        Rect { x: area.right() - width, y: area.bottom().saturating_sub(1), width, height: 1 };
    frame.render_widget(
        ratatui::text::Line::styled(words, theme.part(Part::Live)),
        corner.intersection(area),
    );
}

fn panel(frame: &mut Frame<'_>, area: Rect, figure: &Figure, theme: &Theme, focus: bool) {
    let part = if focus { Part::BorderFocus } else { Part::Border };
    let block = Block::bordered()
        .border_set(theme.borders())
        .border_style(theme.part(part))
        .title_style(theme.part(Part::Title))
        .title(format!(" {} ", figure.id));
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
    Chart { figure, labels: &Words, theme, cursor: None }.render(inner, frame.buffer_mut());
}

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (looks, pages) = (looks(), pages());
    let mut look =
        arguments.first().and_then(|name| looks.iter().position(|(n, _)| n == name)).unwrap_or(0);
    let mut page = arguments.get(1).and_then(|p| p.parse().ok()).unwrap_or(0) % pages.len();
    let mut screen = Screen::enter(false)?;
    loop {
        let (name, theme) = &looks[look];
        screen.draw(|frame| draw(frame, &pages[page], name, theme))?;
        let Event::Key(key) = read()? else { continue };
        match key.code {
            _ if key.kind == KeyEventKind::Release => {}
            KeyCode::Char('q') => return Ok(()),
            KeyCode::Char('z') => screen.suspend()?,
            KeyCode::Char('t') => look = (look + 1) % looks.len(),
            KeyCode::Right => page = (page + 1) % pages.len(),
            KeyCode::Left => page = (page + pages.len() - 1) % pages.len(),
            _ => {}
        }
    }
}
