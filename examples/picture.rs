//! The README's picture: a real run on the real screens, drawn into memory and written as SVG.
//!
//! ```text
//! cargo run --release --example picture > docs/picture.svg
//! ```

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program whose output is a file")]

use contrastlab::lab::blueprint::Source;
use contrastlab::lab::run::Run;
use contrastlab::lab::worker::{Command, Worker};
use contrastlab::lesson::LESSONS;
use contrastlab::state::progress::Progress;
use contrastlab::text::Lang;
use contrastlab::ui::app::App;
use contrastlab::ui::screens;
use contrastlab::ui::theme::Theme;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Size;
use ratatui::style::{Color, Modifier};
use std::fmt::Write as _;

/// The size of a cell.
const WIDTH: f64 = 8.4;
const HEIGHT: f64 = 17.0;
/// What stands for the terminal's own colours.
const PAPER: (u8, u8, u8) = (16, 20, 28);
const INK: (u8, u8, u8) = (214, 220, 228);

fn main() {
    print!("{}", svg(&screen()));
}

/// `boltzmann` after 1,500 steps at its defaults, in the dark truecolour look.
fn screen() -> Buffer {
    let place = LESSONS.iter().position(|l| l.id == "boltzmann").expect("the lesson");
    let blueprint = LESSONS[place];
    let run = Run::new(blueprint, Source::Shipped, 7, blueprint.defaults()).expect("a run");
    let mut worker = Worker::start(run, f64::INFINITY, true, || {});
    worker.tell(Command::Step(1_500));
    let mut app =
        App::new(LESSONS, place, worker.newest(), Lang::En, Theme::default(), Progress::default());
    app.size = Size::new(120, 40);
    while app.snapshot.step < 1_500 {
        std::thread::sleep(std::time::Duration::from_millis(5));
        app.receive(worker.newest());
    }
    let mut terminal = Terminal::new(TestBackend::new(120, 40)).expect("memory");
    terminal.draw(|frame| screens::draw(&app, frame)).expect("memory");
    terminal.backend().buffer().clone()
}

/// The screen as SVG. Blocks, braille and frames are drawn as shapes, so that the picture does not
/// depend on the fonts of whoever looks at it.
fn svg(buffer: &Buffer) -> String {
    let area = buffer.area;
    let (w, h) = (f64::from(area.width) * WIDTH, f64::from(area.height) * HEIGHT);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w:.1} {h:.1}\" \
         font-family=\"'DejaVu Sans Mono',Menlo,Consolas,D2Coding,monospace\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n",
        hex(PAPER)
    );
    for y in 0..area.height {
        grounds(&mut out, buffer, y);
        let mut x = 0;
        while x < area.width {
            x = glyphs(&mut out, buffer, x, y);
        }
    }
    out.push_str("</svg>\n");
    out
}

/// The row's grounds, equal neighbours in one piece.
fn grounds(out: &mut String, buffer: &Buffer, y: u16) {
    let mut x = 0;
    while x < buffer.area.width {
        let ground = colours(&buffer[(x, y)]).1;
        let from = x;
        while x < buffer.area.width && colours(&buffer[(x, y)]).1 == ground {
            x += 1;
        }
        if ground != PAPER {
            let _ = writeln!(
                out,
                "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{HEIGHT}\" fill=\"{}\"/>",
                f64::from(from) * WIDTH,
                f64::from(y) * HEIGHT,
                f64::from(x - from) * WIDTH,
                hex(ground)
            );
        }
    }
}

/// One shape, or a stretch of text of one style; returns the next cell.
fn glyphs(out: &mut String, buffer: &Buffer, x: u16, y: u16) -> u16 {
    let cell = &buffer[(x, y)];
    let (left, top) = (f64::from(x) * WIDTH, f64::from(y) * HEIGHT);
    let ink = hex(colours(cell).0);
    if let Some(path) = cell.symbol().chars().next().and_then(|c| shape(c, left, top)) {
        let _ = writeln!(out, "<path d=\"{path}\" fill=\"{ink}\"/>");
        return x + 1;
    }
    let (mut text, mut at) = (String::new(), x);
    while at < buffer.area.width {
        let here = &buffer[(at, y)];
        let same = (here.fg, here.bg, here.modifier) == (cell.fg, cell.bg, cell.modifier);
        let first = here.symbol().chars().next().unwrap_or(' ');
        if !same || shape(first, 0.0, 0.0).is_some() {
            break;
        }
        text.push_str(here.symbol());
        // The cell after a wide character is covered by it.
        at += ratatui::text::Span::raw(here.symbol()).width().max(1) as u16;
    }
    if !text.trim().is_empty() {
        let style = [
            (Modifier::BOLD, " font-weight=\"bold\""),
            (Modifier::ITALIC, " font-style=\"italic\""),
            (Modifier::UNDERLINED, " text-decoration=\"underline\""),
        ];
        let style: String =
            style.iter().filter_map(|(m, s)| cell.modifier.contains(*m).then_some(*s)).collect();
        let _ = writeln!(
            out,
            "<text x=\"{left:.1}\" y=\"{:.1}\" textLength=\"{:.1}\" xml:space=\"preserve\" \
             fill=\"{ink}\"{style}>{}</text>",
            top + HEIGHT * 0.76,
            f64::from(at - x) * WIDTH,
            escape(&text)
        );
    }
    at.max(x + 1)
}

/// A block, a braille pattern or a piece of a frame as a path.
fn shape(c: char, left: f64, top: f64) -> Option<String> {
    let rect = |x: f64, y: f64, w: f64, h: f64| {
        let (x, y) = (left + x * WIDTH, top + y * HEIGHT);
        format!("M{x:.2} {y:.2}h{:.2}v{:.2}h{:.2}z", w * WIDTH, h * HEIGHT, -w * WIDTH)
    };
    Some(match c {
        '\u{2580}' => rect(0.0, 0.0, 1.0, 0.5),
        '\u{2581}'..='\u{2588}' => {
            let part = f64::from(c as u32 - 0x2580) / 8.0;
            rect(0.0, 1.0 - part, 1.0, part)
        }
        '\u{2589}'..='\u{258f}' => rect(0.0, 0.0, f64::from(0x2590 - c as u32) / 8.0, 1.0),
        '\u{2590}' => rect(0.5, 0.0, 0.5, 1.0),
        '\u{2801}'..='\u{28ff}' => {
            // Bits 1..8: the two columns of three, then the bottom row.
            const DOTS: [(f64, f64); 8] = [
                (0.0, 0.0),
                (0.0, 1.0),
                (0.0, 2.0),
                (1.0, 0.0),
                (1.0, 1.0),
                (1.0, 2.0),
                (0.0, 3.0),
                (1.0, 3.0),
            ];
            let bits = c as u32 - 0x2800;
            (0..8)
                .filter(|i| bits >> i & 1 == 1)
                .map(|i| {
                    let (x, y) = DOTS[i];
                    rect(0.14 + x * 0.5, 0.07 + y * 0.25, 0.24, 0.12)
                })
                .collect()
        }
        _ => {
            let [up, right, down, away] = arms(c)?;
            let mut path = String::new();
            let (thin, flat) = (0.14, 0.07);
            let (x, y) = (0.5 - thin / 2.0, 0.5 - flat / 2.0);
            if up {
                path += &rect(x, 0.0, thin, 0.5 + flat / 2.0);
            }
            if down {
                path += &rect(x, y, thin, 0.5 + flat / 2.0);
            }
            if away {
                path += &rect(0.0, y, 0.5 + thin / 2.0, flat);
            }
            if right {
                path += &rect(x, y, 0.5 + thin / 2.0, flat);
            }
            path
        }
    })
}

/// Which way a piece of a frame reaches: up, right, down, left.
fn arms(c: char) -> Option<[bool; 4]> {
    let bits = match c {
        '─' | '━' | '╌' | '┄' => 0b0101,
        '│' | '┃' | '╎' | '┆' => 0b1010,
        '┌' | '╭' | '┏' => 0b0110,
        '┐' | '╮' | '┓' => 0b0011,
        '└' | '╰' | '┗' => 0b1100,
        '┘' | '╯' | '┛' => 0b1001,
        '├' | '┣' => 0b1110,
        '┤' | '┫' => 0b1011,
        '┬' | '┳' => 0b0111,
        '┴' | '┻' => 0b1101,
        '┼' | '╋' => 0b1111,
        _ => return None,
    };
    Some([3, 2, 1, 0].map(|i| bits >> i & 1 == 1))
}

/// Ink and ground of a cell, with reverse and dim worked in.
fn colours(cell: &Cell) -> ((u8, u8, u8), (u8, u8, u8)) {
    let (mut ink, mut ground) = (rgb(cell.fg, INK), rgb(cell.bg, PAPER));
    if cell.modifier.contains(Modifier::REVERSED) {
        (ink, ground) = (ground, ink);
    }
    if cell.modifier.contains(Modifier::DIM) {
        let mix = |a: u8, b: u8| ((u16::from(a) * 3 + u16::from(b) * 2) / 5) as u8;
        ink = (mix(ink.0, ground.0), mix(ink.1, ground.1), mix(ink.2, ground.2));
    }
    (ink, ground)
}

fn rgb(colour: Color, own: (u8, u8, u8)) -> (u8, u8, u8) {
    // The sixteen colours as xterm has them.
    const ANSI: [(u8, u8, u8); 16] = [
        (0, 0, 0),
        (205, 0, 0),
        (0, 205, 0),
        (205, 205, 0),
        (0, 0, 238),
        (205, 0, 205),
        (0, 205, 205),
        (229, 229, 229),
        (127, 127, 127),
        (255, 0, 0),
        (0, 255, 0),
        (255, 255, 0),
        (92, 92, 255),
        (255, 0, 255),
        (0, 255, 255),
        (255, 255, 255),
    ];
    let at = match colour {
        Color::Reset => return own,
        Color::Rgb(r, g, b) => return (r, g, b),
        Color::Indexed(i) => i,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    match at {
        0..=15 => ANSI[usize::from(at)],
        // The 6x6x6 cube, then the greys.
        16..=231 => {
            let level = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
            let i = at - 16;
            (level(i / 36), level(i / 6 % 6), level(i % 6))
        }
        232.. => {
            let grey = 8 + 10 * (at - 232);
            (grey, grey, grey)
        }
    }
}

fn hex((r, g, b): (u8, u8, u8)) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::{arms, rgb, shape, svg};
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Style};

    #[test]
    fn a_screen_becomes_text_and_shapes() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 2));
        buffer.set_string(0, 0, "a<b 온도", Style::new().fg(Color::Rgb(1, 2, 3)));
        buffer.set_string(0, 1, "⠁▄│", Style::new().bg(Color::Indexed(16)));
        let picture = svg(&buffer);
        assert!(picture.contains(">a&lt;b 온도</text>"), "{picture}");
        // Eight columns: four letters and two wide ones.
        assert!(picture.contains("textLength=\"67.2\""), "{picture}");
        assert!(picture.contains("fill=\"#010203\""), "{picture}");
        assert_eq!(picture.matches("<path").count(), 3, "{picture}");
        assert_eq!(picture.matches("fill=\"#000000\"/>").count(), 1, "{picture}");
    }

    #[test]
    fn shapes_and_colours_are_those_of_a_terminal() {
        assert_eq!(shape('\u{28ff}', 0.0, 0.0).unwrap().matches('M').count(), 8);
        assert_eq!(shape('\u{2840}', 0.0, 0.0).unwrap().matches('M').count(), 1);
        assert_eq!(arms('└'), Some([true, true, false, false]));
        assert_eq!(shape('x', 0.0, 0.0), None);
        assert_eq!(rgb(Color::Indexed(208), (0, 0, 0)), (255, 135, 0));
        assert_eq!(rgb(Color::Indexed(244), (0, 0, 0)), (128, 128, 128));
    }
}
