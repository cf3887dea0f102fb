//! From the words of a command line to the run they describe.

use super::arguments::Start;
use super::{CliError, Desk, help, nearest};
use crate::data::pictures::Pictures;
use crate::data::table::Table;
use crate::data::words::Corpus;
use crate::lab::blueprint::{Blueprint, Source, Takes};
use crate::lab::param::{Effect, ParamSpec, Refusal, Settings, Value};
use crate::lab::run::{Edit, Recipe};
use std::sync::Arc;

/// The seed of a run that names none.
pub(super) const DEFAULT_SEED: u64 = 7;

/// The lesson of a name.
pub(super) fn lesson(desk: &Desk<'_>, given: &str) -> Result<&'static Blueprint, CliError> {
    // By name, or by its place in the course as `list` prints it.
    let numbered = |l: &Blueprint| format!("{}.{}", l.number.0, l.number.1) == given;
    let found = desk.lessons.iter().copied().find(|l| l.id == given || numbered(l));
    found.ok_or_else(|| CliError::UnknownLesson {
        given: given.to_owned(),
        nearest: nearest::nearest(given, desk.lessons.iter().map(|l| l.id))
            .or_else(|| help::nearest_command(given)),
        known: desk.lessons.iter().map(|l| l.id).collect(),
    })
}

/// The settings and edits a lesson begins with. `NAME=VALUE` is there from the start;
/// `NAME=VALUE@STEP` is an edit of a live parameter, at step 0 too, as the lab records it.
pub(super) fn recipe(
    lesson: &'static Blueprint,
    start: &Start,
    seed: u64,
) -> Result<Recipe, CliError> {
    let mut base = lesson.defaults();
    if let Some(given) = &start.preset {
        for (id, value) in preset(lesson, given)? {
            base.set(id, *value);
        }
    }
    let mut edits = Vec::new();
    for text in &start.set {
        let setting = Setting::read(lesson, text)?;
        match setting.step {
            None => base.set(setting.spec.id, setting.value),
            Some(_) if setting.spec.effect == Effect::Restart => {
                return Err(CliError::RestartsTheRun { param: setting.spec.id });
            }
            Some(step) => edits.push(Edit { step, param: setting.spec.id, value: setting.value }),
        }
    }
    edits.sort_by_key(|e| e.step);
    Ok(Recipe { seed, base, edits })
}

/// The settings the lab opens with, where any were given.
pub(super) fn settings(
    lesson: &'static Blueprint,
    start: &Start,
) -> Result<Option<Settings>, CliError> {
    if let Some(given) = start.set.iter().find(|s| s.contains('@')) {
        return Err(CliError::StepWithoutRun { given: given.clone() });
    }
    if start.set.is_empty() && start.preset.is_none() {
        return Ok(None);
    }
    recipe(lesson, start, 0).map(|r| Some(r.base))
}

/// Where the data comes from. A lesson, where one is named, says what it takes; without one, a file
/// whose name ends in .txt is a text and any other a table.
pub(super) fn source(
    lesson: Option<&'static Blueprint>,
    start: &Start,
) -> Result<Source, CliError> {
    let Some(path) = &start.data else {
        return if start.columns.is_empty() {
            Ok(Source::Shipped)
        } else {
            Err(CliError::ColumnsWithoutData)
        };
    };
    let ends_as_text = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("txt") || e.eq_ignore_ascii_case("md"));
    let as_text = match lesson.map(|l| (l.id, l.takes)) {
        Some((lesson, Takes::Nothing)) => return Err(CliError::TakesNoData { lesson }),
        Some((lesson, Takes::Columns(_))) if ends_as_text => {
            return Err(CliError::TakesATable { lesson });
        }
        Some((lesson, Takes::Columns(most))) if start.columns.len() > most => {
            return Err(CliError::TooManyColumns { lesson, most, given: start.columns.len() });
        }
        Some((_, Takes::Columns(_))) => false,
        Some((_, Takes::Text)) => true,
        Some((lesson, Takes::Pictures)) if ends_as_text => {
            return Err(CliError::TakesPictures { lesson });
        }
        Some((lesson, Takes::Pictures)) if !start.columns.is_empty() => {
            return Err(CliError::ColumnsOfPictures { lesson });
        }
        Some((_, Takes::Pictures)) => false,
        None => ends_as_text,
    };
    if as_text && !start.columns.is_empty() {
        return Err(CliError::ColumnsOfAText);
    }
    // The data stand in for what this parameter chooses among.
    if let Some(param) = lesson.and_then(|l| l.data_param) {
        let names =
            |s: &String| s.split(['=', '@']).next().is_some_and(|name| name.trim() == param);
        if start.set.iter().any(names) {
            return Err(CliError::DataTwice { param });
        }
    }
    if as_text {
        let corpus = Corpus::read(path).map_err(CliError::Text)?;
        return Ok(Source::Text(Arc::new(corpus)));
    }
    if lesson.is_some_and(|l| l.takes == Takes::Pictures) {
        let pictures = Pictures::read(path).map_err(CliError::Table)?;
        return Ok(Source::Pictures(Arc::new(pictures)));
    }
    let columns = (!start.columns.is_empty()).then_some(start.columns.as_slice());
    let table = Table::read(path, columns).map_err(CliError::Table)?;
    Ok(Source::Table(Arc::new(table)))
}

fn preset(
    lesson: &'static Blueprint,
    given: &str,
) -> Result<&'static [(&'static str, Value)], CliError> {
    lesson.presets.iter().find(|p| p.id == given).map(|p| p.values).ok_or_else(|| {
        CliError::UnknownPreset {
            lesson: lesson.id,
            given: given.to_owned(),
            nearest: nearest::nearest(given, lesson.presets.iter().map(|p| p.id)),
            known: lesson.presets.iter().map(|p| p.id).collect(),
        }
    })
}

/// One `NAME=VALUE[@STEP]`.
#[derive(Debug)]
struct Setting {
    spec: &'static ParamSpec,
    value: Value,
    step: Option<u64>,
}

impl Setting {
    fn read(lesson: &'static Blueprint, text: &str) -> Result<Self, CliError> {
        let not_a_setting = || CliError::NotASetting { given: text.to_owned() };
        let (name, rest) = text.split_once('=').ok_or_else(not_a_setting)?;
        let name = name.trim();
        if name.is_empty() {
            return Err(not_a_setting());
        }
        let spec = lesson.param(name).ok_or_else(|| CliError::UnknownParam {
            lesson: lesson.id,
            given: name.to_owned(),
            nearest: nearest::nearest(name, lesson.params.iter().map(|p| p.id)),
            known: lesson.params.iter().map(|p| p.id).collect(),
        })?;
        let (value, step) = match rest.rsplit_once('@') {
            None => (rest, None),
            Some((value, step)) => {
                let step = step.trim();
                let at = step.parse().map_err(|_| CliError::NotAStep { given: step.to_owned() })?;
                (value, Some(at))
            }
        };
        let value = spec.parse(value).map_err(|refusal| {
            let nearest = match &refusal {
                Refusal::NoSuchOption { given, options } => {
                    nearest::nearest(given, options.iter().copied())
                }
                _ => None,
            };
            CliError::Refused { param: spec.id, refusal, nearest }
        })?;
        Ok(Self { spec, value, step })
    }
}

#[cfg(test)]
mod tests {
    use super::{Start, recipe, settings};
    use crate::cli::tests::say;
    use crate::lab::param::Value;
    use crate::lab::run::tests::WALK;
    use crate::text::Lang;

    fn start(set: &[&str]) -> Start {
        Start { set: set.iter().map(|s| (*s).to_owned()).collect(), ..Start::default() }
    }

    #[test]
    fn settings_are_there_from_the_start_and_edits_come_in_order() {
        let recipe =
            recipe(&WALK, &start(&["width=3@20", "start=5", "width=2", "width=4@10"]), 1).unwrap();
        assert_eq!((recipe.base.real("width"), recipe.base.real("start")), (2.0, 5.0));
        let edits: Vec<_> = recipe.edits.iter().map(|e| (e.step, e.value)).collect();
        assert_eq!(edits, [(10, Value::Real(4.0)), (20, Value::Real(3.0))]);
        let at_zero = super::recipe(&WALK, &start(&["width=3@0"]), 1).unwrap();
        assert_eq!((at_zero.base.real("width"), at_zero.edits.len()), (1.0, 1));
        assert!(settings(&WALK, &start(&[])).unwrap().is_none());
        assert!(settings(&WALK, &start(&["width=3@5"])).is_err());
    }

    #[test]
    fn every_mistake_has_its_sentence() {
        for (arguments, english, korean) in [
            (&["run", "wlak"][..], "Did you mean 'walk'?", "혹시 'walk'인가요?"),
            (&["lst"], "Did you mean 'list'?", "혹시 'list'인가요?"),
            (&["run", "walk", "--set", "widht=1"], "mean 'width'?", "혹시 'width'인가요?"),
            (&["run", "walk", "--set", "z=1"], "It has: width, start", "width, start"),
            (&["run", "walk", "--set", "width"], "NAME=VALUE@STEP", "NAME=VALUE@STEP"),
            (&["run", "walk", "--set", "=3"], "NAME=VALUE@STEP", "NAME=VALUE@STEP"),
            (&["run", "walk", "--set", "width=much"], "not a number", "숫자가 아닙니다"),
            (&["run", "walk", "--set", "width=-1"], "range 0 to 1e9", "0부터 1e9까지"),
            (&["run", "walk", "--set", "width=NaN"], "not a number", "숫자가 아닙니다"),
            (&["run", "walk", "--set", "width=2@x"], "is not a step", "단계가 아닙니다"),
            (&["run", "walk", "--set", "start=2@5"], "restarts the run", "다시 시작"),
            (&["run", "walk", "--set", "width=2@50", "--steps", "9"], "ends at step 9", "9단계"),
            (&["run", "walk", "--preset", "x"], "no preset 'x'", "프리셋은 없습니다"),
            (&["run", "walk", "--columns", "x"], "--data FILE.csv", "--data FILE.csv"),
            (&["run", "walk", "--data", "x.csv"], "no data of your own", "데이터를 쓰지"),
            (&["run", "column", "--data", "x.TXT"], "takes a table", "숫자 표(CSV)가"),
            (&["run", "gallery", "--data", "x.txt"], "pictures (CSV", "그림 표(CSV"),
            (
                &["run", "gallery", "--data", "x.csv", "--columns", "x"],
                "leave --columns",
                "모든 열",
            ),
            (&["run", "echo", "--data", "x.txt", "--columns", "x"], "a text has none", "열이 없"),
            (&["run", "echo", "--set", "word=two words"], "not one word", "한 단어가 아니거나"),
            (&["run", "echo", "--set", "word="], "not one word", "한 단어가 아니거나"),
            (&["run", "echo", "--set", "word=토끼@x"], "is not a step", "단계가 아닙니다"),
            (&["check", "99"], "neither the number of a claim", "주장의 번호도"),
            (&["--set", "width=3"], "--set needs a lesson", "수업이 필요합니다"),
        ] {
            for (lang, words) in [(Lang::En, english), (Lang::Ko, korean)] {
                let (code, out, talk) = say(lang, arguments);
                assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}: {talk}");
                assert!(talk.contains(words), "{arguments:?}: {talk}");
                assert_eq!(talk.lines().count(), 1, "one sentence: {talk}");
            }
        }
    }

    /// The numbers that came in with `--data`.
    fn came_in(out: &str) -> f64 {
        let object: serde_json::Value = serde_json::from_str(out).unwrap();
        object["readouts"]["came_in"]["value"].as_f64().unwrap()
    }

    #[test]
    fn a_text_is_read_or_its_fault_named_in_one_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let korean = "토끼가 굴로 들어갔다. ".repeat(30);
        let good = put("토끼.txt", korean.as_bytes());
        let (code, out, talk) =
            say(Lang::Ko, &["run", "echo", "--data", &good, "--steps", "1", "--format", "json"]);
        assert_eq!((code, talk.as_str(), came_in(&out)), (0, "", 120.0));
        // A text without the ending is one all the same where the lesson takes texts.
        let plain = put("story", korean.as_bytes());
        assert_eq!(say(Lang::En, &["run", "echo", "--data", &plain, "--steps", "1"]).0, 0);
        for (path, english, korean) in [
            (put("empty.txt", b""), "has no word in it", "단어가 하나도 없습니다"),
            (put("hm.txt", "음. ".repeat(99).as_bytes()), "one word only, '음'", "'음' 하나뿐"),
            (put("short.txt", b"to be or not to be"), "has 6 words", "6개뿐"),
            (put("picture.txt", b"\x89PNG\r\n\0\0"), "not a text file", "텍스트 파일이 아닙니다"),
            (put("latin.txt", b"na\xefve"), "line 1", "1번째 줄"),
            (folder.path().join("none.txt").to_str().unwrap().to_owned(), "no such", "없습니다"),
            (folder.path().to_str().unwrap().to_owned(), "directory", "디렉터리"),
        ] {
            for (lang, words) in [(Lang::En, english), (Lang::Ko, korean)] {
                let (code, out, talk) = say(lang, &["run", "echo", "--data", &path]);
                assert_eq!((code, out.as_str()), (1, ""), "{path}: {talk}");
                assert!(talk.contains(words), "{path}: {talk}");
                assert_eq!(talk.lines().count(), 1, "one sentence: {talk}");
            }
        }
    }

    #[test]
    fn pictures_are_read_or_their_fault_named_in_one_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let rows = |count: usize, pixels: usize, classes: usize| -> String {
            let row = |i: usize| {
                let cells: Vec<String> = (0..pixels).map(|j| (i + j).to_string()).collect();
                format!("{},{}\n", i % classes, cells.join(","))
            };
            (0..count).map(row).collect()
        };
        let good = put("good.csv", &rows(40, 36, 3));
        let (code, out, talk) =
            say(Lang::Ko, &["run", "gallery", "--data", &good, "--steps", "1", "--format", "json"]);
        assert_eq!((code, talk.as_str(), came_in(&out)), (0, "", 40.0));
        for (path, english, korean) in [
            (put("a.csv", &rows(40, 35, 3)), "35 columns beside the label", "열이 35개"),
            (put("b.csv", &rows(40, 36, 1)), "every label is '0'", "모두 '0'"),
            (put("c.csv", &rows(60, 36, 60)), "60 different labels", "레이블이 60개"),
            (put("d.csv", &rows(9, 36, 3)), "has 9 pictures", "9장뿐"),
            (put("e.csv", &rows(40, 36, 3).replacen("\n1,", "\n,", 1)), "line 2", "2번째 줄"),
            (put("f.csv", &rows(40, 36, 3).replacen(",9,", ",NaN,", 1)), "'NaN'", "'NaN'"),
        ] {
            for (lang, words) in [(Lang::En, english), (Lang::Ko, korean)] {
                let (code, out, talk) = say(lang, &["run", "gallery", "--data", &path]);
                assert_eq!((code, out.as_str()), (1, ""), "{path}: {talk}");
                assert!(talk.contains(words), "{path}: {talk}");
                assert_eq!(talk.lines().count(), 1, "one sentence: {talk}");
            }
        }
    }

    #[test]
    fn of_fifty_megabytes_the_beginning_is_read() {
        let file = tempfile::NamedTempFile::with_suffix(".txt").unwrap();
        let line = "down the rabbit hole. ";
        let read = crate::data::words::MOST_BYTES as usize;
        std::fs::write(file.path(), line.repeat(read / line.len() + 1)).unwrap();
        // The rest is a hole that takes no room on the disk, and is never read.
        file.as_file().set_len(50 << 20).unwrap();
        let path = file.path().to_str().unwrap();
        let (code, out, talk) =
            say(Lang::En, &["run", "echo", "--data", path, "--steps", "1", "--format", "json"]);
        assert_eq!((code, talk.as_str()), (0, ""));
        let words = 5.0 * read as f64 / line.len() as f64;
        assert!((came_in(&out) - words).abs() < 6.0, "{} {words}", came_in(&out));
    }
}
