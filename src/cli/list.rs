//! `list`: the lessons, their parameters, presets, readouts and claims.

use super::message::{CliError, Word};
use super::words::Words;
use super::{Desk, report};
use crate::lab::blueprint::{Blueprint, Takes};
use crate::lab::param::{Effect, Kind, ParamSpec, Scale};
use crate::text::Lang;
use serde_json::{Value as Json, json};
use std::fmt::Write as _;

pub(super) fn list(desk: &mut Desk<'_>, as_json: bool) -> Result<(), CliError> {
    let lang = desk.lang;
    let text = if as_json {
        let all: Vec<Json> = desk.lessons.iter().map(|l| object(l, lang)).collect();
        format!("{}\n", Json::from(all))
    } else {
        let all: Vec<String> = desk.lessons.iter().map(|l| lines(l, desk.lessons, lang)).collect();
        all.join("\n")
    };
    desk.out.write_all(text.as_bytes()).map_err(|why| CliError::Output { path: None, why })
}

fn lines(lesson: &Blueprint, lessons: &[&Blueprint], lang: Lang) -> String {
    let words = Words::of(lesson, lang);
    let (chapter, place) = lesson.number;
    let mut text = format!("{chapter}.{place} {}  {}\n", lesson.id, words.title());
    if !words.summary().is_empty() {
        let _ = writeln!(text, "    {}", words.summary());
    }
    let head = |text: &mut String, word: Word| {
        let _ = writeln!(text, "  {}", word.of(lang));
    };
    head(&mut text, Word::Parameters);
    let rows: Vec<Vec<String>> = lesson
        .params
        .iter()
        .map(|p| {
            let (name, unit, _) = words.param(p.id);
            let restarts = match p.effect {
                Effect::Restart => format!("({})", Word::Restarts.of(lang)),
                Effect::Live => String::new(),
            };
            vec![
                String::new(),
                p.id.to_owned(),
                p.default.to_string(),
                range(p),
                unit.to_owned(),
                name.to_owned(),
                restarts,
            ]
        })
        .map(indented)
        .collect();
    report::align(&mut text, &rows, &[false; 7]);
    if !lesson.presets.is_empty() {
        head(&mut text, Word::Presets);
        let presets = lesson.presets.iter().map(|p| {
            let (name, _) = words.preset(p.id);
            let values: Vec<String> = p.values.iter().map(|(n, v)| format!("{n}={v}")).collect();
            indented(vec![String::new(), p.id.to_owned(), name.to_owned(), values.join(" ")])
        });
        report::align(&mut text, &presets.collect::<Vec<_>>(), &[false; 4]);
    }
    head(&mut text, Word::Readouts);
    let readouts = lesson.readouts.iter().map(|id| {
        let (name, unit, about) = words.readout(id);
        indented(vec![
            String::new(),
            (*id).to_owned(),
            name.to_owned(),
            unit.to_owned(),
            about.to_owned(),
        ])
    });
    report::align(&mut text, &readouts.collect::<Vec<_>>(), &[false; 5]);
    if !lesson.claims.is_empty() {
        let numbers: Vec<String> =
            lesson.claims.iter().map(|c| claim(c.number, lesson, lessons, lang)).collect();
        let _ = writeln!(text, "  {}  {}", Word::Claims.of(lang), numbers.join(", "));
    }
    text
}

/// The number of a claim, and the other lessons that measure it.
fn claim(number: u8, lesson: &Blueprint, lessons: &[&Blueprint], lang: Lang) -> String {
    let measures = |l: &Blueprint| l.claims.iter().any(|c| c.number == number);
    let others = lessons.iter().filter(|l| l.id != lesson.id && measures(l));
    let others: Vec<&str> = others.map(|l| l.id).collect();
    match (others.is_empty(), lang) {
        (true, _) => number.to_string(),
        (false, Lang::En) => format!("{number} (also in {})", others.join(", ")),
        (false, Lang::Ko) => format!("{number} ({}에서도)", others.join(", ")),
    }
}

/// The first cell only sets the row in.
fn indented(mut row: Vec<String>) -> Vec<String> {
    row[0] = " ".to_owned();
    row
}

/// The range as one would say it.
fn range(p: &ParamSpec) -> String {
    match p.kind {
        Kind::Choice(options) => options.join(" | "),
        Kind::Switch => "off | on".to_owned(),
        Kind::Word => "WORD".to_owned(),
        Kind::Real { .. } | Kind::Integer { .. } => {
            let (min, max) = p.bounds();
            format!("{min} .. {max}")
        }
    }
}

fn object(lesson: &Blueprint, lang: Lang) -> Json {
    let words = Words::of(lesson, lang);
    let (chapter, place) = lesson.number;
    let params: Vec<Json> = lesson.params.iter().map(|p| param(p, &words)).collect();
    let presets: Vec<Json> = lesson
        .presets
        .iter()
        .map(|p| {
            let (name, about) = words.preset(p.id);
            let values: serde_json::Map<String, Json> =
                p.values.iter().map(|(n, v)| ((*n).to_owned(), report::plain(*v))).collect();
            json!({"id": p.id, "name": name, "about": about, "values": values})
        })
        .collect();
    let readouts: Vec<Json> = lesson
        .readouts
        .iter()
        .map(|id| {
            let (name, unit, about) = words.readout(id);
            json!({"id": id, "name": name, "unit": unit, "about": about})
        })
        .collect();
    json!({
        "id": lesson.id,
        "number": format!("{chapter}.{place}"),
        "title": words.title(),
        "summary": words.summary(),
        "params": params,
        "presets": presets,
        "readouts": readouts,
        "claims": lesson.claims.iter().map(|c| c.number).collect::<Vec<_>>(),
        "takes": match lesson.takes {
            Takes::Nothing => json!(null),
            Takes::Columns(most) => json!({"columns": most}),
            Takes::Text => json!("text"),
            Takes::Pictures => json!("pictures"),
        },
    })
}

fn param(p: &ParamSpec, words: &Words) -> Json {
    let (name, unit, about) = words.param(p.id);
    let mut object = json!({
        "id": p.id, "symbol": p.symbol, "name": name, "unit": unit, "about": about,
        "default": report::plain(p.default),
        "effect": match p.effect { Effect::Live => "live", Effect::Restart => "restart" },
    });
    let scale = |s| match s {
        Scale::Linear(_) => "linear",
        Scale::Log => "log",
    };
    let more = match p.kind {
        Kind::Real { min, max, scale: s } => {
            json!({"kind": "real", "min": min, "max": max, "scale": scale(s)})
        }
        Kind::Integer { min, max, scale: s } => {
            json!({"kind": "integer", "min": min, "max": max, "scale": scale(s)})
        }
        Kind::Choice(options) => json!({"kind": "choice", "options": options}),
        Kind::Switch => json!({"kind": "switch"}),
        Kind::Word => json!({"kind": "word"}),
    };
    if let (Json::Object(object), Json::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    object
}

#[cfg(test)]
mod tests {
    use super::claim;
    use crate::cli::tests::say;
    use crate::lab::blueprint::{Blueprint, Takes};
    use crate::lab::claim::{Claim, Verdict};
    use crate::lab::run::tests::WALK;
    use crate::text::Lang;
    use serde_json::{Value as Json, json};

    #[test]
    fn a_list_says_what_run_accepts() {
        let (code, out, _) = say(Lang::En, &["list", "--json"]);
        let all: Json = serde_json::from_str(&out).unwrap();
        assert_eq!((code, all.as_array().map(Vec::len)), (0, Some(4)));
        let width = &all[0]["params"][0];
        assert_eq!((&all[0]["id"], &all[0]["number"]), (&json!("walk"), &json!("1.1")));
        assert_eq!((&width["id"], &width["max"]), (&json!("width"), &json!(1e9)));
        assert_eq!(all[0]["params"][1]["effect"], "restart");
        assert_eq!(all[0]["readouts"][0]["id"], "at");
        let word = &all[1]["params"][0];
        assert_eq!((&word["kind"], &word["default"]), (&json!("word"), &json!("rabbit")));
        assert_eq!((&all[1]["takes"], &all[2]["takes"]), (&json!("text"), &json!({"columns": 1})));
        assert_eq!(all[3]["takes"], "pictures");
        for lang in Lang::ALL {
            let (code, out, _) = say(lang, &["list"]);
            assert!(code == 0 && out.contains("word  rabbit  WORD"), "{out}");
        }
        let (code, out, _) = say(Lang::Ko, &["list"]);
        assert!(code == 0 && out.contains("매개변수") && out.contains("0 .. 1e9"), "{out}");
    }

    #[test]
    fn a_claim_of_two_lessons_names_the_other() {
        static MEASURED: &[Claim] =
            &[Claim { number: 8, verdict: Verdict::Right, measure: Vec::new }];
        static TWO: Blueprint = Blueprint {
            id: "two",
            claims: MEASURED,
            params: &[],
            presets: &[],
            readouts: &[],
            layout: &[],
            questions: &[],
            number: (1, 2),
            pace: 1.0,
            timed: &[],
            takes: Takes::Nothing,
            data_param: None,
            build: WALK.build,
        };
        assert_eq!(claim(8, &WALK, &[&WALK, &TWO], Lang::En), "8 (also in two)");
        assert_eq!(claim(8, &TWO, &[&WALK, &TWO], Lang::En), "8");
        assert_eq!(claim(8, &WALK, &[&WALK, &TWO], Lang::Ko), "8 (two에서도)");
    }
}
