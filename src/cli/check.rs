//! `check`: the claims, each an experiment of seconds; a row for each number it measures.

use super::message::{CliError, Word};
use super::number::significant;
use super::progress::Progress;
use super::signal::Stop;
use super::words::Words;
use super::{Desk, nearest};
use crate::lab::blueprint::Blueprint;
use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
use crate::text::Lang;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use unicode_width::UnicodeWidthStr as _;

pub(super) fn check(desk: &mut Desk<'_>, ids: &[String], as_json: bool) -> Result<(), CliError> {
    let chosen = choose(desk.lessons, ids)?;
    Stop::at_once();
    let lang = desk.lang;
    let mut progress = Progress::new(desk);
    let (mut failed, mut objects) = (0, Vec::new());
    let mut found = Found::default();
    let all = chosen.len();
    for (at, (lesson, claim)) in chosen.into_iter().enumerate() {
        let (at, word, number) = (at + 1, Word::Measuring.of(lang), claim.number);
        let what = format!("{at}/{all} {word} {number} ({}) ...", lesson.id);
        progress.now(desk.talk, &what);
        let measured = (claim.measure)();
        progress.wipe(desk.talk);
        found.verdicts.entry(claim.number).or_insert(claim.verdict);
        found.numbers += measured.len();
        failed += measured.iter().filter(|m| !m.holds()).count();
        let words = Words::of(lesson, lang);
        if as_json {
            objects.extend(measured.iter().map(|m| object(lesson, claim, m, &words)));
            continue;
        }
        // A claim is shown as soon as it is measured.
        desk.out
            .write_all(rows(lesson, claim, &measured, &words, lang).as_bytes())
            .and_then(|()| desk.out.flush())
            .map_err(|why| CliError::Output { path: None, why })?;
    }
    if as_json {
        writeln!(desk.out, "{}", Json::from(objects))
            .map_err(|why| CliError::Output { path: None, why })?;
    }
    let summary = summary(&found, desk.lessons, failed, lang);
    if as_json {
        // Standard output is the object alone.
        let _ = write!(desk.talk, "{summary}");
    } else {
        desk.out
            .write_all(format!("\n{summary}").as_bytes())
            .map_err(|why| CliError::Output { path: None, why })?;
    }
    if failed > 0 { Err(CliError::DoNotHold { rows: failed }) } else { Ok(()) }
}

/// What was measured, by claim and not by lesson.
#[derive(Default)]
struct Found {
    verdicts: BTreeMap<u8, Verdict>,
    numbers: usize,
}

/// How many claims the post makes.
const CLAIMS: usize = 30;

/// How many of the post's claims were measured, with which verdicts, and which are left.
fn summary(found: &Found, lessons: &[&'static Blueprint], failed: usize, lang: Lang) -> String {
    let count = |v: Verdict| found.verdicts.values().filter(|found| **found == v).count();
    let verdicts = [Verdict::Right, Verdict::Loose, Verdict::Wrong]
        .map(|v| format!("{} {}", count(v), verdict(v).of(lang)))
        .join(", ");
    let (claims, numbers, hold) = (found.verdicts.len(), found.numbers, found.numbers - failed);
    let mut text = match lang {
        Lang::En => format!(
            "{claims} of {CLAIMS} claims of the post measured: {verdicts}. \
             {hold} of {numbers} numbers are as expected.\n"
        ),
        Lang::Ko => format!(
            "글의 주장 {CLAIMS}가지 가운데 {claims}가지를 쟀습니다: {verdicts}. \
             수 {numbers}개 가운데 {hold}개가 기대와 같습니다.\n"
        ),
    };
    let known: BTreeSet<u8> =
        lessons.iter().flat_map(|l| l.claims.iter().map(|c| c.number)).collect();
    let missing: Vec<String> =
        (1..=CLAIMS as u8).filter(|n| !known.contains(n)).map(|n| n.to_string()).collect();
    if !missing.is_empty() {
        let list = missing.join(", ");
        text.push_str(&match lang {
            Lang::En => format!("No lesson measures these yet: {list}.\n"),
            Lang::Ko => format!("아직 재는 수업이 없는 주장: {list}.\n"),
        });
    }
    text
}

type Chosen = Vec<(&'static Blueprint, &'static Claim)>;

/// The claims of these numbers and lessons, in the order of the lessons; all of them without any.
fn choose(lessons: &[&'static Blueprint], ids: &[String]) -> Result<Chosen, CliError> {
    let all: Chosen = lessons.iter().flat_map(|l| l.claims.iter().map(move |c| (*l, c))).collect();
    let names = |(l, c): &(&'static Blueprint, &'static Claim), id: &str| {
        l.id == id || c.number.to_string() == id
    };
    for id in ids {
        if !all.iter().any(|pair| names(pair, id)) {
            let lessons = lessons.iter().filter(|l| !l.claims.is_empty()).map(|l| l.id);
            let nearest = nearest::nearest(id, lessons);
            return Err(CliError::UnknownClaim { given: id.clone(), nearest });
        }
    }
    let mut all = all;
    all.retain(|pair| ids.is_empty() || ids.iter().any(|id| names(pair, id)));
    Ok(all)
}

/// The claim and the lesson that measures it in a line, for two lessons may measure one claim, each
/// its own part of it; then a row a number.
fn rows(
    lesson: &Blueprint,
    claim: &Claim,
    measured: &[Measurement],
    words: &Words,
    lang: Lang,
) -> String {
    let (says, so) = words.claim(claim.number);
    let (number, found) = (claim.number, verdict(claim.verdict).of(lang));
    let mut text = format!("{number:>3}  {}  [{found}] {says}\n", lesson.id);
    if !so.is_empty() {
        text.push_str(&format!("     {so}\n"));
    }
    for m in measured {
        let name = words.label(m.what);
        let pad = " ".repeat(36usize.saturating_sub(name.width()));
        let holds = if m.holds() { Word::Holds } else { Word::Fails };
        text.push_str(&format!(
            "     {name}{pad}  {} {}   {} {}   {}\n",
            Word::Measured.of(lang),
            significant(m.measured),
            Word::Expected.of(lang),
            expected(m.expected),
            holds.of(lang)
        ));
    }
    text
}

fn verdict(v: Verdict) -> Word {
    match v {
        Verdict::Right => Word::Right,
        Verdict::Loose => Word::Loose,
        Verdict::Wrong => Word::Wrong,
    }
}

fn expected(e: Expected) -> String {
    match e {
        Expected::Near { value, tolerance } => {
            format!("{} ± {}", significant(value), significant(tolerance))
        }
        Expected::AtLeast(bound) => format!("≥ {}", significant(bound)),
        Expected::AtMost(bound) => format!("≤ {}", significant(bound)),
    }
}

fn object(lesson: &Blueprint, claim: &Claim, m: &Measurement, words: &Words) -> Json {
    let (says, _) = words.claim(claim.number);
    json!({
        "claim": claim.number,
        "lesson": lesson.id,
        "says": says,
        "what": m.what,
        "measured": m.measured,
        "expected": m.expected,
        "holds": m.holds(),
        "verdict": claim.verdict,
    })
}

#[cfg(test)]
mod tests {
    use super::{check, choose};
    use crate::cli::Desk;
    use crate::lab::blueprint::{Blueprint, Takes};
    use crate::lab::claim::{Claim, Expected, Measurement, Verdict};
    use crate::lab::run::tests::WALK;
    use crate::text::Lang;
    use serde_json::{Value as Json, json};

    const fn near(value: f64) -> Expected {
        Expected::Near { value, tolerance: 0.1 }
    }

    static CLAIMED: Blueprint = Blueprint {
        id: "claimed",
        number: (1, 2),
        params: &[],
        presets: &[],
        readouts: &[],
        layout: &[],
        pace: 1.0,
        questions: &[],
        claims: &[
            Claim {
                number: 3,
                verdict: Verdict::Right,
                measure: || vec![Measurement { what: "mass", measured: 1.05, expected: near(1.0) }],
            },
            Claim {
                number: 12,
                verdict: Verdict::Wrong,
                measure: || {
                    vec![
                        Measurement { what: "a", measured: 1.0, expected: Expected::AtLeast(2.0) },
                        Measurement { what: "b", measured: f64::NAN, expected: near(1.0) },
                    ]
                },
            },
        ],
        timed: &[],
        takes: Takes::Nothing,
        data_param: None,
        build: WALK.build,
    };

    static ALSO: Blueprint = Blueprint {
        id: "also",
        number: (1, 3),
        params: &[],
        presets: &[],
        readouts: &[],
        layout: &[],
        pace: 1.0,
        questions: &[],
        claims: &[Claim { number: 3, verdict: Verdict::Right, measure: Vec::new }],
        timed: &[],
        takes: Takes::Nothing,
        data_param: None,
        build: WALK.build,
    };

    static LESSONS: &[&Blueprint] = &[&WALK, &CLAIMED];

    fn tested(ids: &[&str], json: bool) -> (Result<(), String>, String) {
        let (mut out, mut talk) = (Vec::new(), Vec::new());
        let mut desk = Desk {
            lang: Lang::En,
            lessons: LESSONS,
            progress: false,
            out: &mut out,
            talk: &mut talk,
        };
        let ids: Vec<String> = ids.iter().map(|s| (*s).to_owned()).collect();
        let done = check(&mut desk, &ids, json).map_err(|e| format!("{}: {e}", e.code()));
        (done, String::from_utf8(out).unwrap())
    }

    #[test]
    fn a_claim_that_holds_is_success_and_one_that_does_not_is_exit_code_1() {
        let (done, out) = tested(&["3"], false);
        assert_eq!(done, Ok(()));
        assert!(out.starts_with("  3  claimed  [right] "), "{out}");
        assert!(out.contains("measured 1.05   expected 1 ± 0.1   holds"), "{out}");
        let (done, out) = tested(&["claimed"], false);
        assert_eq!(done, Err("1: 2 rows do not hold.".to_owned()));
        assert_eq!(out.matches("does not hold").count(), 2, "{out}");
        let (done, out) = tested(&["12", "3"], true);
        assert!(done.is_err());
        let all: Json = serde_json::from_str(&out).unwrap();
        assert_eq!(
            all[0],
            json!({"claim": 3, "lesson": "claimed", "says": "", "what": "mass", "measured": 1.05,
                "expected": {"near": {"value": 1.0, "tolerance": 0.1}}, "holds": true,
                "verdict": "right"})
        );
        assert_eq!((&all[2]["measured"], &all[2]["holds"]), (&json!(null), &json!(false)));
    }

    #[test]
    fn ids_choose_claims_once_and_unknown_ones_are_refused() {
        let lessons: &[&Blueprint] = &[&WALK, &CLAIMED];
        let of = |ids: &[&str]| {
            let ids: Vec<String> = ids.iter().map(|s| (*s).to_owned()).collect();
            choose(lessons, &ids).map(|c| c.iter().map(|(_, c)| c.number).collect::<Vec<_>>())
        };
        assert_eq!(of(&[]).unwrap(), [3, 12]);
        assert_eq!(of(&["12", "claimed", "12"]).unwrap(), [3, 12]);
        let refused = of(&["claimd"]).unwrap_err().to_string();
        assert!(refused.contains("Did you mean 'claimed'?"), "{refused}");
        assert!(of(&["walk"]).is_err(), "a lesson without claims");
        // A claim of two lessons is measured in both.
        let twice: &[&Blueprint] = &[&CLAIMED, &ALSO];
        let both = choose(twice, &["3".to_owned()]).unwrap();
        assert_eq!(both.iter().map(|(l, _)| l.id).collect::<Vec<_>>(), ["claimed", "also"]);
    }
}
