//! A full 200x60 frame, drawn, compared with the last and turned into bytes: two braille charts of
//! 2,000 points and one field of 80x40. The limit is 2 ms.

// `criterion_group!` makes public items without documentation.
#![allow(missing_docs)]

use contrastlab::lab::view::*;
use contrastlab::ui::chart::{Chart, Labels};
use contrastlab::ui::theme::Theme;
use criterion::{Criterion, criterion_group, criterion_main};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use std::cell::Cell;
use std::io::Write;
use std::rc::Rc;

struct Words;

impl Labels for Words {
    fn label<'a>(&'a self, id: &'a str) -> &'a str {
        id
    }
}

/// Counts the bytes that would go to the terminal.
struct Sink(Rc<Cell<usize>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.set(self.0.get() + bytes.len());
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn chart(phase: f64) -> Figure {
    let x: Vec<f64> = (0..2000).map(|i| f64::from(i) / 200.0).collect();
    let y = |shift: f64| x.iter().map(|x| (x + phase + shift).sin() * (3.0 * x).cos()).collect();
    let series = vec![
        Series::line("model", Role::Model, x.clone(), y(0.0)),
        Series::line("exact", Role::Exact, x.clone(), y(0.2)),
    ];
    let (x, y) = (Axis::of("steps"), Axis::of("energy"));
    Figure { id: "lines", plot: Plot::Lines(Lines { x, y, series }) }
}

fn field(phase: f64) -> Figure {
    let values = (0..40 * 80)
        .map(|i| (f64::from(i % 80) / 9.0 + phase).sin() + (f64::from(i / 80) / 7.0).cos())
        .collect();
    Figure {
        id: "field",
        plot: Plot::Field(Field {
            x: Axis::of("x").within(-1.0, 1.0),
            y: Axis::of("y").within(-1.0, 1.0),
            value: Axis::of("E"),
            low_is_bright: true,
            columns: 80,
            values,
            dots: vec![Dots {
                label: "walkers",
                role: Role::Model,
                points: (0..500).map(f64::from).map(|i| (i.sin(), (1.7 * i).cos())).collect(),
            }],
            arrows: vec![],
        }),
    }
}

fn frame(criterion: &mut Criterion) {
    // Every frame differs from the last in all of its figures.
    let frames: Vec<[Figure; 3]> =
        (0..8).map(|i| f64::from(i) * 0.3).map(|p| [chart(p), chart(-p), field(p)]).collect();
    let areas = [Rect::new(0, 0, 100, 30), Rect::new(0, 30, 100, 30), Rect::new(100, 0, 100, 60)];
    let theme = Theme::default();
    let bytes = Rc::new(Cell::new(0));
    let options =
        ratatui::TerminalOptions { viewport: ratatui::Viewport::Fixed(Rect::new(0, 0, 200, 60)) };
    let Ok(mut terminal) =
        Terminal::with_options(CrosstermBackend::new(Sink(bytes.clone())), options)
    else {
        return;
    };
    crossterm::style::force_color_output(true);
    let mut n = 0;
    criterion.bench_function("frame 200x60", |bencher| {
        bencher.iter(|| {
            n += 1;
            terminal
                .draw(|frame| {
                    for (figure, area) in frames[n % 8].iter().zip(areas) {
                        let chart = Chart { figure, labels: &Words, theme: &theme, cursor: None };
                        frame.render_widget(&chart, area);
                    }
                })
                .map(|_| ())
        });
    });
    let _ = writeln!(std::io::stderr(), "{} bytes a frame", bytes.get() / n.max(1));
}

criterion_group!(benches, frame);
criterion_main!(benches);
