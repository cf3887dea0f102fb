//! The thirty claims of the post: what they are about, the verdict of the lesson that measures each,
//! and the way there. The verdicts are the lessons' own; how far they have been measured is kept by
//! who measures.

use crate::lab::Label;
use crate::lab::claim::Verdict;
use crate::lab::view::{Cell, Lead, Table};
use crate::lesson::LESSONS;

/// What each claim is about, in order.
const TOPICS: [Label; 30] = [
    "claim-1", "claim-2", "claim-3", "claim-4", "claim-5", "claim-6", "claim-7", "claim-8",
    "claim-9", "claim-10", "claim-11", "claim-12", "claim-13", "claim-14", "claim-15", "claim-16",
    "claim-17", "claim-18", "claim-19", "claim-20", "claim-21", "claim-22", "claim-23", "claim-24",
    "claim-25", "claim-26", "claim-27", "claim-28", "claim-29", "claim-30",
];

fn word(verdict: Verdict) -> Label {
    match verdict {
        Verdict::Right => "right",
        Verdict::Loose => "loose",
        Verdict::Wrong => "wrong",
    }
}

/// A row for all, then one a claim.
pub(super) fn table() -> Table {
    let mut table = Table {
        columns: vec!["claim", "verdict", "measured", "lesson-number"],
        ..Table::default()
    };
    let nothing = || Cell::Text(String::new());
    let mut all = Vec::new();
    let (mut rows, mut leads) = (Vec::new(), Vec::new());
    for (number, topic) in (1..).zip(TOPICS) {
        let home = LESSONS.iter().find_map(|lesson| {
            let claim = lesson.claims.iter().find(|claim| claim.number == number)?;
            Some((lesson.number, claim.verdict))
        });
        let Some(((chapter, place), verdict)) = home else {
            rows.push(vec![Cell::Label(topic), Cell::Label("no-lesson"), nothing(), nothing()]);
            leads.push(Lead::Nowhere);
            continue;
        };
        all.push(number);
        rows.push(vec![
            Cell::Label(topic),
            Cell::Label(word(verdict)),
            Cell::Claims(vec![number]),
            Cell::Text(format!("{chapter}.{place}")),
        ]);
        leads.push(Lead::Claims(vec![number]));
    }
    let whole = Cell::Claims(all.clone());
    table.rows.push(vec![Cell::Label("all-claims"), nothing(), whole, nothing()]);
    table.leads.push(Lead::Claims(all));
    table.rows.extend(rows);
    table.leads.extend(leads);
    table
}
