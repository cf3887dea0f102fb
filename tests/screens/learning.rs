//! What a learner reads and answers: predictions, claims, chapters, the glossary, a table of one's own.

use super::select;
use super::support::{Lab, place};
use super::taught::lessons;
use contrastlab::lesson::LESSONS;
use contrastlab::text::Lang;
use contrastlab::text::interface::Interface;
use contrastlab::ui::app::{OwnData, Pane};
use crossterm::event::{KeyCode, KeyModifiers};
#[test]
fn a_prediction_is_judged_by_the_simulator() {
    for (_, lesson) in lessons() {
        assert!(!lesson.questions.is_empty(), "{} has no prediction", lesson.id);
        let mut lab = Lab::open(lesson.id, 120, 50);
        let mut judged = 0;
        for _ in 0..lab.app.text().pages.len() {
            while let Some(question) = lab.app.open_question() {
                // The first press brings one that is out of sight onto the screen.
                lab.keys("1");
                if !lab.app.asked.contains_key(question) {
                    lab.keys("1");
                }
                let asked = &lab.app.asked[question];
                let outcome = asked.outcome.as_ref().expect("an outcome");
                let outcome = outcome.as_ref().expect("it runs");
                assert!(outcome.before.value.is_finite() && outcome.after.value.is_finite());
                judged += 1;
            }
            lab.press(KeyCode::PageDown);
        }
        assert_eq!(judged, lesson.questions.len(), "{}: every prediction is on a page", lesson.id);
    }
}

#[test]
fn the_claims_are_measured_on_a_key_and_hold() {
    for (_, lesson) in lessons() {
        let mut lab = Lab::open(lesson.id, 120, 60);
        lab.keys("c");
        for claim in lesson.claims {
            let measured = lab.app.checked[&claim.number].as_ref().expect("measured");
            assert!(!measured.is_empty());
            for m in measured {
                assert!(m.holds(), "{} claim {}: {m:?}", lesson.id, claim.number);
            }
        }
        assert!(lab.app.current_page().is_some());
    }
}

#[test]
fn lessons_follow_one_another_and_end_with_a_word() {
    let mut lab = Lab::open(LESSONS[0].id, 100, 30);
    lab.keys("[");
    lab.sees(&Interface::of(Lang::En).words.first_lesson);
    for lesson in &LESSONS[1..] {
        lab.keys("]");
        assert_eq!(lab.app.blueprint().id, lesson.id);
    }
    lab.keys("]");
    lab.sees(&Interface::of(Lang::En).words.last_lesson);
}

#[test]
fn a_table_of_ones_own_goes_by_its_own_names() {
    use contrastlab::data::table::Table;
    use contrastlab::lab::blueprint::Source;
    use contrastlab::lab::run::Run;
    use contrastlab::lab::worker::Worker;
    let mut lab = Lab::open("energy", 120, 40);
    let column = |a: f64| (0..60).map(|i| a * f64::from(i % 17) + f64::from(i % 5)).collect();
    let table = Table {
        name: "plants.csv".to_owned(),
        names: vec!["petal".to_owned(), "sepal".to_owned()],
        columns: vec![column(1.0), column(-0.5)],
        ..Table::default()
    };
    let blueprint = LESSONS[0];
    let source = Source::Table(table.into());
    let run = Run::new(blueprint, source.clone(), 7, blueprint.defaults());
    lab.worker = Worker::start(run.expect("a run"), f64::INFINITY, true, || {});
    lab.app.own_data =
        Some(OwnData { source, flags: "--data plants.csv --columns petal,sepal".to_owned() });
    lab.app.opened(0, lab.worker.newest());
    lab.steps(3);
    for words in ["plants.csv", "petal", "sepal"] {
        lab.sees(words);
    }
    // The knob it takes the place of does nothing and says why.
    select(&mut lab, "data");
    lab.press(KeyCode::Right);
    assert_eq!(lab.app.snapshot.step, 3);
    lab.sees("The data are yours here: plants.csv (petal, sepal)");
    lab.keys("y");
    let line = lab.copied.clone().expect("a command");
    assert!(line.contains("run energy --seed 7 --data plants.csv --columns petal,sepal"), "{line}");
}

#[test]
fn the_glossary_shows_the_terms_of_the_page_in_both_languages_and_leads_to_them() {
    for size in [(80, 24), (120, 40)] {
        let mut lab = Lab::open("boltzmann", size.0, size.1);
        lab.app.focus = Pane::Lesson;
        lab.press(KeyCode::PageDown);
        lab.keys("g");
        lab.sees("partition function");
        lab.sees("분배함수");
        // The page speaks of Z first: the arrows walk on through its terms.
        let mut seen = lab.screen();
        for _ in 0..3 {
            lab.press(KeyCode::Down);
            seen.push_str(&lab.screen());
        }
        assert!(seen.contains("자유 에너지"), "{seen}");
        // Typing searches all of them, in either language.
        for typed in ["커널", "KDE"] {
            lab.press_with(KeyCode::Char('u'), KeyModifiers::CONTROL);
            lab.keys(typed);
            lab.sees("kernel density estimate");
        }
        lab.press(KeyCode::Enter);
        assert_eq!(lab.app.blueprint().id, "energy");
        assert!(lab.app.overlay.is_none() && lab.app.focus == Pane::Lesson);
        // The page that speaks of it, whose end may be further down.
        lab.sees("How it learns");
    }
}

#[test]
fn the_glossary_begins_with_what_is_selected_and_the_palette_finds_a_term() {
    let mut lab = Lab::open("boltzmann", 120, 36);
    select(&mut lab, "temperature");
    lab.keys("ㅎ");
    lab.sees("온도");
    lab.sees("The unit in which the Boltzmann distribution counts energy.");
    lab.press(KeyCode::Esc);
    lab.keys(":열용량");
    lab.press(KeyCode::Enter);
    lab.sees("How fast the mean energy rises");
}

#[test]
fn a_chapter_has_a_page_that_leads_to_its_lessons() {
    for lang in Lang::ALL {
        // High enough to hold the whole page.
        let mut lab = Lab::open("energy", 120, 64);
        lab.app.lang = lang;
        lab.keys("l");
        lab.press(KeyCode::Up);
        lab.press(KeyCode::Enter);
        let text = contrastlab::text::chapter::of(1, lang).expect("a page");
        lab.sees(&text.question);
        lab.sees(&Interface::of(lang).words.chapter_able);
        // Every lesson that there is, with its line, and none that there is not.
        for lesson in &text.lessons {
            let words: Vec<&str> = lesson.line.split(' ').take(3).collect();
            let screen = lab.screen();
            let taught = LESSONS.iter().any(|l| l.id == lesson.id);
            assert_eq!(screen.contains(&words.join(" ")), taught, "{} on\n{screen}", lesson.id);
        }
        lab.press(KeyCode::Down);
        lab.press(KeyCode::Enter);
        assert_eq!(lab.app.blueprint().id, LESSONS[1].id);
    }
}

#[test]
fn a_chapters_page_counts_what_was_done_and_scrolls_to_its_end_by_arrows() {
    let mut lab = Lab::open("boltzmann", 80, 24);
    lab.keys("c:Energy-based");
    lab.press(KeyCode::Enter);
    let claims = lab.app.blueprint().claims.len();
    lab.sees(&format!("{claims}/{claims} claims"));
    for _ in 0..60 {
        lab.press(KeyCode::Down);
    }
    let text = contrastlab::text::chapter::of(1, Lang::En).expect("a page");
    let last = text.able.last().expect("something").split(' ').next_back().expect("a word");
    lab.sees(last);
    let end = lab.screen();
    lab.press(KeyCode::Down);
    assert_eq!(lab.screen(), end);
    lab.press(KeyCode::Up);
    assert_ne!(lab.screen(), end, "one step too many is none too many");
}

#[test]
fn a_judged_prediction_can_be_seen_on_both_sides() {
    let mut lab = Lab::open("boltzmann", 120, 50);
    lab.keys("s");
    lab.sees(&Interface::of(Lang::En).words.nothing_to_show);
    while lab.app.open_question().is_none() {
        lab.press(KeyCode::PageDown);
    }
    let id = lab.app.open_question().expect("a question");
    lab.keys("1");
    lab.sees(&Interface::of(Lang::En).words.show_me);
    let question = lab.app.blueprint().questions.iter().find(|q| q.id == id).expect("it");
    for change in [question.change, &[]] {
        // The lab runs it; the test must not wait for that.
        let requests = lab.app.key(&KeyCode::Char('s').into());
        assert_eq!(requests.len(), 2);
        let applied = requests.into_iter().take(1).collect();
        lab.fulfil(applied);
        let mut expected = lab.app.blueprint().defaults();
        for (param, value) in question.setup.iter().chain(change) {
            expected.set(param, *value);
        }
        assert_eq!(lab.app.snapshot.settings, expected);
        assert_eq!(lab.app.snapshot.step, 0);
        let watched = lab.app.snapshot.view.readouts[lab.app.readout].id;
        assert_eq!(watched, question.readout);
    }
}

#[test]
fn no_prediction_is_answered_unseen() {
    for (_, lesson) in lessons() {
        for (width, height) in [(80, 24), (120, 36)] {
            for lang in Lang::ALL {
                let mut lab = Lab::open(lesson.id, width, height);
                lab.app.lang = lang;
                while lab.app.open_question().is_none() {
                    lab.press(KeyCode::PageDown);
                }
                lab.app.focus = Pane::Parameters;
                let id = lab.app.open_question().expect("a question");
                let ask = &lab.app.text().front.questions[id].ask;
                let end: String = ask.chars().rev().take_while(|c| *c != ' ').collect();
                let end: String = end.chars().rev().collect();
                // At most one press goes by before the question is there to be read.
                for _ in 0..2 {
                    let seen = lab.screen();
                    let requests = lab.app.key(&KeyCode::Char('2').into());
                    if !requests.is_empty() {
                        let answer = &Interface::of(lang).words.stays;
                        assert!(seen.contains(&end) && seen.contains(&**answer), "{id} on\n{seen}");
                    }
                }
                assert!(lab.app.asked.contains_key(id), "{id} at {width}x{height}");
            }
        }
    }
}

#[test]
fn the_lessons_stand_in_the_order_they_are_taught() {
    let numbers: Vec<(u8, u8)> = LESSONS.iter().map(|l| l.number).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    assert_eq!(place("energy"), 0);
}
