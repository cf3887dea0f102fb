//! The checks of content on a lesson made up for them: they pass on it, and every change that
//! should be caught is.

use super::checks::{Seen, alike, clean, pages, words};
use contrastlab::lab::Label;
use contrastlab::lab::blueprint::{Blueprint, Preset, Takes};
use contrastlab::lab::claim::{Claim, Verdict};
use contrastlab::lab::experiment::{Diverged, Experiment};
use contrastlab::lab::param::{Effect, Kind, ParamSpec, Scale, Value, always};
use contrastlab::lab::question::Question;
use contrastlab::lab::view::{Axis, Figure, Lines, Plot, Readout, Role, Series, View};
use contrastlab::math::rng::Rng;
use contrastlab::text::lesson::{LessonText, parse};

#[derive(Clone)]
struct Still;

impl Experiment for Still {
    fn set(&mut self, _: Label, _: Value) {}
    fn step(&mut self, _: &mut Rng) -> Result<(), Diverged> {
        Ok(())
    }
    fn view(&self) -> View {
        let series = Series::line("curve", Role::Model, vec![0.0], vec![0.0]);
        let (x, y) = (Axis::of("place"), Axis::of("level"));
        View {
            figures: vec![Figure {
                id: "landscape",
                plot: Plot::Lines(Lines { x, y, series: vec![series] }),
            }],
            readouts: vec![Readout::plain("level", 0.0)],
            notes: vec!["all-is-still"],
            progress: None,
        }
    }
    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}

static STILL: Blueprint = Blueprint {
    id: "still",
    number: (9, 9),
    params: &[
        ParamSpec {
            id: "shape",
            symbol: "s",
            kind: Kind::Choice(&["flat", "steep"]),
            default: Value::Choice("flat"),
            effect: Effect::Restart,
            applies: always,
        },
        ParamSpec {
            id: "height",
            symbol: "h",
            kind: Kind::Real { min: 0.0, max: 9.0, scale: Scale::Linear(1.0) },
            default: Value::Real(1.0),
            effect: Effect::Live,
            applies: always,
        },
    ],
    presets: &[Preset { id: "high", values: &[("height", Value::Real(9.0))] }],
    readouts: &["level"],
    layout: &[&["landscape"]],
    pace: 1.0,
    questions: &[Question {
        id: "higher",
        setup: &[],
        change: &[("height", Value::Real(2.0))],
        readout: "level",
        steps: 1,
    }],
    claims: &[Claim { number: 1, verdict: Verdict::Right, measure: Vec::new }],
    timed: &[],
    takes: Takes::Nothing,
    data_param: None,
    build: |_, _, _| Ok(Box::new(Still)),
};

const EN: &str = r#"+++
title = "Still"
summary = "Nothing moves."
[params.shape]
name = "shape"
about = "What it looks like."
options = { flat = "flat", steep = "steep" }
[params.height]
name = "height"
about = "How high it is."
[readouts.level]
name = "level"
about = "How high the curve is."
[labels]
landscape = "Landscape"
curve = "curve"
place = "x"
all-is-still = "Nothing moves here, and it is meant to be so."
[presets.high]
name = "high up"
about = "The top."
[questions.higher]
ask = "Raise it:"
because = "It does not matter."
[claims.1]
says = "It moves."
so = "It does not."
+++

# One
The level is {level}.
```math
y = \bind{height}{h}\,x
```
# Two
{question:higher}
# Three
{claim:1}
```python
y = h * x  # a line
```
"#;

fn korean() -> String {
    EN.replace("The level is {level}.", "지금 높이는 {level}.")
        .replace("Nothing moves.", "아무것도 움직이지 않는다.")
        .replace("# a line", "# 직선")
}

fn text(source: &str) -> LessonText {
    parse("still", source).unwrap()
}

/// Everything that is wrong with this source in place of the English one.
fn wrong(source: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let seen = Seen::of(&STILL, &mut wrong);
    let (en, ko) = (text(source), text(&korean()));
    wrong.extend(words(&STILL, &seen, &en, "", "f"));
    wrong.extend(pages(&en, "f"));
    wrong.extend(alike(&en, &ko, "still"));
    wrong
}

#[test]
fn a_good_lesson_passes() {
    assert_eq!(wrong(EN), [""; 0]);
    assert_eq!(wrong(&korean()), [""; 0]);
    assert_eq!(clean(&korean(), "f"), [""; 0]);
}

#[test]
fn whatever_is_missing_or_too_much_is_named() {
    for (from, to, message) in [
        ("[params.height]", "[params.heigth]", "f: no words for parameter 'height'"),
        (
            "[params.height]",
            "[params.weight]\nname = \"w\"\nabout = \"w\"\n[params.height]",
            "f: words for parameter 'weight', which does not exist",
        ),
        (", steep = \"steep\"", "", "f: no words for option of 'shape' 'steep'"),
        ("[readouts.level]", "[readouts.label]", "f: no words for readout 'level'"),
        ("[presets.high]", "[presets.low]", "f: no words for preset 'high'"),
        (
            "[claims.1]",
            "[claims.2]\nsays = \"a\"\nso = \"b\"\n[claims.1]",
            "f: words for claim '2', which does not exist",
        ),
        ("curve = \"curve\"\n", "", "f: no label 'curve'"),
        ("landscape = ", "country = ", "f: no label 'landscape'"),
        ("all-is-still = ", "all-is-calm = ", "f: no label 'all-is-still'"),
        ("curve = ", "extra = \"x\"\ncurve = ", "f: a label 'extra' that nothing uses"),
        ("\"curve\"", "\" \"", "f: the label 'curve' is empty"),
        (
            "\"curve\"",
            "\"a curve with a name much too long\"",
            "f: the label 'curve' takes 33 of 24 columns: a curve with a name much too long",
        ),
        (
            "name = \"height\"",
            "name = \"아주 높고도 높은 높이\"",
            "f: the name of 'height' takes 21 of 18 columns: 아주 높고도 높은 높이",
        ),
        ("{question:higher}", "nothing", "f: the question 'higher' stands on the pages 0 times"),
        ("{claim:1}", "{claim:1}\n\n{claim:1}", "f: claim 1 stands on the pages 2 times"),
        ("# Two\n", "", "f: 2 pages, not 3 to 6"),
        ("# Two\n", "", "still: 2 pages in English, 3 in Korean"),
        (
            "y = h * x",
            "y = x",
            "still: page 3: [\"claim 1\", \"code y = x\"] in English, [\"claim 1\", \"code y = h * x\"] in Korean",
        ),
        (
            "\\bind{height}{h}",
            "h",
            "still: page 1: [\"formula of []\"] in English, [\"formula of [\\\"height\\\"]\"] in Korean",
        ),
        (
            "\\bind{height}{h}\\,x",
            "\\bind{height}{h}\\text{a very long word that cannot be broken anywhere}",
            "f: page 1: a formula is cut off: y = \\bind{height}{h}\\text{a very long word that cannot be broken anywhere}",
        ),
    ] {
        assert!(EN.contains(from), "{from}");
        // Where an id is renamed, what refers to it goes too, so that the file still parses.
        let mut source = EN.replacen(from, to, 1);
        if to.starts_with("[params.heigth") {
            source = source.replace("\\bind{height}", "\\bind{heigth}");
        }
        if to.starts_with("[readouts.label") {
            source = source.replace("{level}", "{label}");
        }
        let wrong = wrong(&source);
        assert!(
            wrong.iter().any(|w| w == message),
            "{message}\nis not among\n{}",
            wrong.join("\n")
        );
    }
}

#[test]
fn unclean_files_are_named() {
    for (text, message) in [
        ("a\n\tb", "f:2: the character U+0009"),
        ("a\u{1b}[2J", "f:1: the character U+001B"),
        ("a\u{200b}b", "f:1: the character U+200B"),
        ("a\u{202e}b", "f:1: the character U+202E"),
        ("\u{1112}\u{1161}\u{11ab}", "f: not in NFC"),
    ] {
        assert_eq!(clean(text, "f"), [message]);
    }
}
