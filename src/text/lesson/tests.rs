//! One sample with everything, and every mistake there is a sentence for.

use super::*;

/// A lesson with one of everything.
pub(crate) const SAMPLE: &str = r#"+++
title = "Heat"
summary = "What temperature does."
[params.temperature]
name = "temperature"
about = "How much the walkers wander."
[params.potential]
name = "potential"
about = "The landscape."
options = { double-well = "double well" }
[readouts.log_z]
name = "log Z"
about = "The log of the normaliser."
[labels]
density = "density"
[questions.hotter]
ask = "T doubles: log Z"
because = "More states count."
[claims.3]
says = "Z normalises."
so = "It does."
+++

# A landscape

The temperature is {temperature} now,
and **log Z** is *about* {log_z}.

## Try

- raise `T`
- lower it: \{not a value\}
  1. by half

> What the post says.

```math
p(x) = \frac{e^{-E(x)/\bind{temperature}{T}}}{\bind{log_z}{Z}}
```

{question:hotter}

# Recap

{claim:3}

```python
x = {"a": 1}
```

See <https://arxiv.org/abs/1807.03748>.
"#;

fn text(words: &str, tone: Tone) -> Inline {
    Inline::Text(words.to_owned(), tone)
}

#[test]
fn a_lesson_is_read_whole() {
    let lesson = parse("sample", SAMPLE).unwrap();
    assert_eq!(lesson.front.title, "Heat");
    assert_eq!((lesson.label("density"), lesson.label("log_z")), ("density", "log Z"));
    assert_eq!(lesson.label("nothing"), "nothing");
    assert_eq!(lesson.option("potential", "double-well"), "double well");
    let [first, second] = lesson.pages.as_slice() else { panic!("{:?}", lesson.pages) };
    assert_eq!((first.title.as_str(), second.title.as_str()), ("A landscape", "Recap"));
    let plain = |s: &str| text(s, Tone::Plain);
    assert_eq!(
        first.blocks[0],
        Block::Paragraph(vec![
            plain("The temperature is "),
            Inline::Param("temperature".to_owned()),
            plain(" now, and "),
            text("log Z", Tone::Strong),
            plain(" is "),
            text("about", Tone::Emphasis),
            plain(" "),
            Inline::Readout("log_z".to_owned()),
            plain("."),
        ])
    );
    assert_eq!(first.blocks[1], Block::Heading(vec![plain("Try")]));
    assert_eq!(
        first.blocks[2..6],
        [
            Block::Item("-".to_owned(), vec![plain("raise "), text("T", Tone::Code)]),
            Block::Item("-".to_owned(), vec![plain("lower it: {not a value}")]),
            Block::Item("  1.".to_owned(), vec![plain("by half")]),
            Block::Remark(vec![plain("What the post says.")]),
        ]
    );
    let Block::Formula(formula) = &first.blocks[6] else { panic!("{:?}", first.blocks[6]) };
    assert_eq!((formula.rows.len(), formula.bindings.len()), (4, 2));
    assert_eq!(first.blocks[7..], [Block::Question("hotter".to_owned())]);
    assert_eq!(
        second.blocks,
        [
            Block::Claim(3),
            Block::Code { language: "python".to_owned(), text: "x = {\"a\": 1}\n".to_owned() },
            Block::Paragraph(vec![plain("See https://arxiv.org/abs/1807.03748.")]),
        ]
    );
}

#[test]
fn mistakes_are_named_with_file_and_line() {
    let with = |from: &str, to: &str| {
        assert!(SAMPLE.contains(from), "{from}");
        parse("en.md", &SAMPLE.replacen(from, to, 1)).unwrap_err().to_string()
    };
    for (from, to, message) in [
        ("+++\n", "", "en.md:1: the first line should be '+++', before the front matter"),
        ("+++\n\n#", "\n\n#", "en.md:1: the front matter is not closed by a line '+++'"),
        (
            "summary",
            "sumary",
            "en.md:3: in the front matter: unknown field `sumary`, expected one of `title`, \
             `summary`, `params`, `readouts`, `labels`, `presets`, `questions`, `claims`",
        ),
        (
            "{temperature} now",
            "{temprature} now",
            "en.md:26: the front matter has no 'temprature', nearest is 'temperature'",
        ),
        (
            "and **",
            "{} and **",
            "en.md:27: a brace that is not a live value like {id}; a plain one is '\\{'",
        ),
        (
            "{question:hotter}",
            "{question:colder}",
            "en.md:41: the front matter has no 'question:colder'",
        ),
        ("{claim:3}", "so {claim:3}", "en.md:45: '{claim:3}' should be a paragraph of its own"),
        (
            "{claim:3}",
            "{claim:4}",
            "en.md:45: the front matter has no 'claim:4', nearest is 'claim:3'",
        ),
        (
            r"\frac{e",
            r"\farc{e",
            "en.md:38: unknown command '\\farc', nearest is '\\frac' (line 1, character 8 of the formula)",
        ),
        (
            r"\bind{log_z}",
            r"\bind{log_q}",
            "en.md:37: the front matter has no 'log_q', nearest is 'log_z'",
        ),
        (
            "See <",
            "가 &#123;log_z} 가 {log_q} <",
            "en.md:51: the front matter has no 'log_q', nearest is 'log_z'",
        ),
        ("# A landscape\n", "", "en.md:25: text before the first '# Title' of a page"),
        ("# Recap", "# Empty\n\n# Recap", "en.md:45: the page before this line has nothing on it"),
        ("See <", "See <b>x</b> <", "en.md:51: a page cannot show HTML"),
        ("See <", "&#27; <", "en.md:51: the control character U+001B"),
        (
            "See <",
            "**(a)**b <",
            "en.md:51: '**' that opens or closes nothing: between a letter and a bracket or quotation mark Markdown does not see it",
        ),
    ] {
        assert_eq!(with(from, to), message);
    }
    let front = "+++\ntitle = \"a\"\nsummary = \"b\"\n+++\n";
    assert_eq!(
        parse("f", front).unwrap_err().to_string(),
        "f:5: no page: a page begins with '# Title'"
    );
    assert_eq!(
        read("no-such-lesson", Lang::Ko).unwrap_err().to_string(),
        "lessons/no-such-lesson/ko.md: there is no such file"
    );
}

#[test]
fn no_cut_of_a_file_panics() {
    for (end, _) in SAMPLE.char_indices() {
        let _ = parse("cut", &SAMPLE[..end]);
    }
}
