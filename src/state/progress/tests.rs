//! Progress on temporary folders.

use super::*;
use crate::lab::blueprint::Source;
use crate::lab::fixture::ECHO;
use crate::lab::param::Word;
use crate::lab::run::Run;
use crate::lab::run::tests::WALK;
use tempfile::TempDir;

fn place() -> (TempDir, Paths) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("contrastlab/progress.toml");
    let paths = Paths { progress: Some(file), ..Paths::default() };
    (folder, paths)
}

fn file(paths: &Paths) -> &Path {
    paths.progress.as_deref().unwrap()
}

fn put(paths: &Paths, text: &str) {
    fs::create_dir_all(file(paths).parent().unwrap()).unwrap();
    fs::write(file(paths), text).unwrap();
}

/// The names in the folder, sorted.
fn names(paths: &Paths) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(file(paths).parent().unwrap())
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn some_progress() -> Progress {
    let mut run = Run::new(&WALK, Source::Shipped, u64::MAX, WALK.defaults()).unwrap();
    for _ in 0..10 {
        run.advance().unwrap();
    }
    run.edit("width", Value::Real(1.0 / 3.0), false).unwrap();
    let mut progress = Progress { lesson: Some("walk".to_owned()), ..Progress::default() };
    progress.set_lang(Lang::Ko);
    progress.mouse = Some(false);
    let lesson = progress.lesson_mut("walk");
    lesson.page = 2;
    lesson.read.extend([0, 1, 2]);
    lesson.answers.insert("hotter".to_owned(), true);
    lesson.claims.insert(3, true);
    lesson.run = Some(SavedRun::of(run.recipe(), run.step()));
    progress
}

#[test]
fn what_is_saved_comes_back() {
    let (_folder, paths) = place();
    assert_eq!(Progress::load(&paths), (Progress::default(), None));
    let progress = some_progress();
    progress.save(&paths).unwrap();
    assert_eq!(Progress::load(&paths), (progress.clone(), None));
    progress.save(&paths).unwrap();
    assert_eq!(names(&paths), ["progress.toml"]);
    assert!(fs::read_to_string(file(&paths)).unwrap().starts_with("version = 1\n"));
}

#[test]
fn a_run_goes_on_where_it_was_bit_for_bit() {
    let (_folder, paths) = place();
    some_progress().save(&paths).unwrap();
    let kept = Progress::load(&paths).0.lessons["walk"].run.clone().unwrap();
    let restored = kept.restore(&WALK).unwrap();
    assert_eq!((restored.step, restored.dropped.len()), (10, 0));
    let recipe = restored.recipe;
    assert_eq!((recipe.seed, recipe.edits.len()), (u64::MAX, 1));
    assert_eq!(recipe.edits[0].value, Value::Real(1.0 / 3.0));
    assert_eq!(SavedRun::of(&recipe, 10), kept);
}

#[test]
fn a_word_in_any_script_comes_back() {
    let (_folder, paths) = place();
    let word = |text| Value::Word(Word::new(text).unwrap());
    let mut settings = ECHO.defaults();
    settings.set("word", word("토끼"));
    let mut run = Run::new(&ECHO, Source::Shipped, 1, settings).unwrap();
    run.advance().unwrap();
    run.edit("word", word("don't"), false).unwrap();
    let mut progress = Progress::default();
    progress.lesson_mut("echo").run = Some(SavedRun::of(run.recipe(), run.step()));
    progress.save(&paths).unwrap();
    let kept = Progress::load(&paths).0.lessons["echo"].run.clone().unwrap();
    let restored = kept.restore(&ECHO).unwrap();
    assert!(restored.dropped.is_empty());
    assert_eq!(&restored.recipe, run.recipe());
    assert_eq!(restored.recipe.base.get("word"), word("토끼"));
}

#[test]
fn what_a_lesson_does_not_take_any_more_is_dropped_and_named() {
    let saved = SavedRun {
        seed: "7".to_owned(),
        step: 5,
        settings: [("width", "2"), ("gone", "1"), ("start", "-4")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into(),
        edits: vec![
            (9, "width".to_owned(), "3".to_owned()),
            (4, "width".to_owned(), "5".to_owned()),
            (5, "start".to_owned(), "1".to_owned()),
        ],
    };
    let restored = saved.restore(&WALK).unwrap();
    // `start` begins a run again, so it is no edit of one, and it has no value of -4.
    assert_eq!(restored.dropped, ["gone = 1", "start = -4", "start = 1"]);
    assert_eq!(restored.recipe.base.real("width"), 2.0);
    let steps: Vec<u64> = restored.recipe.edits.iter().map(|e| e.step).collect();
    assert_eq!(steps, [4, 9]);
    assert!(SavedRun { seed: "x".to_owned(), ..saved }.restore(&WALK).is_none());
}

#[test]
fn an_unreadable_file_is_set_aside_and_never_overwritten() {
    let (_folder, paths) = place();
    for (n, broken) in ["half = ", "lessons = 3\nversion = 1", "a = 1", ""].iter().enumerate() {
        put(&paths, broken);
        let (progress, notice) = Progress::load(&paths);
        assert_eq!(progress, Progress::default());
        let Some(Notice::SetAside { now, .. }) = &notice else { panic!("{notice:?}") };
        assert!(now.ends_with(format!("progress.toml.unreadable-{}", n + 1)));
        assert_eq!(fs::read_to_string(now).unwrap(), *broken);
        assert!(!file(&paths).exists());
        let said = notice.unwrap().to_string();
        assert!(said.contains("it is kept as progress.toml.unreadable-"), "{said}");
        assert_eq!(said.lines().count(), 1);
    }
    // A file that broke while the lab was open is set aside before the write.
    put(&paths, "broken by hand");
    some_progress().save(&paths).unwrap();
    assert_eq!(
        fs::read_to_string(file(&paths).with_extension("toml.unreadable-5")).unwrap(),
        "broken by hand"
    );
    assert_eq!(Progress::load(&paths), (some_progress(), None));
}

#[test]
fn bytes_that_are_no_text_and_a_folder_are_set_aside_too() {
    let (_folder, paths) = place();
    fs::create_dir_all(file(&paths)).unwrap();
    assert!(matches!(Progress::load(&paths).1, Some(Notice::SetAside { .. })));
    fs::write(file(&paths), [0xff, 0x00, 0x1b]).unwrap();
    assert!(matches!(Progress::load(&paths).1, Some(Notice::SetAside { .. })));
    assert_eq!(names(&paths), ["progress.toml.unreadable-1", "progress.toml.unreadable-2"]);
}

#[test]
fn a_newer_file_is_left_alone() {
    let (_folder, paths) = place();
    let newer = "version = 2\nlesson = { id = \"walk\" }\n";
    put(&paths, newer);
    let (progress, notice) = Progress::load(&paths);
    assert!(matches!(notice, Some(Notice::Newer { version: 2, .. })), "{notice:?}");
    let error = progress.save(&paths).unwrap_err();
    assert!(error.to_string().contains("is of version 2, this lab writes 1"), "{error}");
    assert_eq!(fs::read_to_string(file(&paths)).unwrap(), newer);
    assert_eq!(names(&paths), ["progress.toml"]);
}

#[test]
fn without_a_place_nothing_is_kept_and_that_is_said() {
    let (progress, notice) = Progress::load(&Paths::default());
    assert_eq!((progress.clone(), notice), (Progress::default(), Some(Notice::Nowhere)));
    assert!(matches!(progress.save(&Paths::default()), Err(StateError::Nowhere)));
}

#[test]
fn a_folder_that_cannot_be_made_is_survived() {
    let (folder, paths) = place();
    // A file where the folder should be stops every user, even one who may write everywhere.
    fs::write(folder.path().join("contrastlab"), "in the way").unwrap();
    let error = some_progress().save(&paths).unwrap_err();
    assert_eq!(error.to_string().lines().count(), 1);
    assert!(error.to_string().starts_with("progress is not kept: "), "{error}");
    assert_eq!(fs::read_to_string(folder.path().join("contrastlab")).unwrap(), "in the way");
}

#[cfg(unix)]
#[test]
fn a_link_is_written_through() {
    let (folder, paths) = place();
    let real = folder.path().join("elsewhere.toml");
    fs::write(&real, "version = 1\n").unwrap();
    fs::create_dir_all(file(&paths).parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(&real, file(&paths)).unwrap();
    some_progress().save(&paths).unwrap();
    assert!(file(&paths).symlink_metadata().unwrap().is_symlink());
    assert_eq!(Progress::load(&paths), (some_progress(), None));
}

#[test]
fn two_labs_that_write_at_once_leave_a_whole_file() {
    let (_folder, paths) = place();
    std::thread::scope(|scope| {
        for lab in 0..2 {
            let paths = &paths;
            scope.spawn(move || {
                for page in 0..25 {
                    let mut progress = some_progress();
                    progress.lesson_mut("walk").page = 100 * lab + page;
                    progress.save(paths).unwrap();
                    let (read, notice) = Progress::load(paths);
                    assert_eq!((read.lesson.as_deref(), notice), (Some("walk"), None));
                }
            });
        }
    });
    assert_eq!(names(&paths), ["progress.toml"]);
}
