//! The lesson as a learner and a script meet it, and its numbers against exact ones.

use super::BLUEPRINT;
use super::claims::filled;
use super::fits::{info_nce, nce, rows, sight_of_info_nce, sight_of_nce};
use super::pairs::{Pairs, Source};
use super::ranking::{Method, counted, split_error};
use super::row::Row;
use crate::lab::blueprint::Source as Data;
use crate::lab::param::Value;
use crate::lab::question::Trend;
use crate::lab::run::Run;
use crate::lab::view::{Cell, Lead, Plot, Table, View};
use crate::lesson::shared::testing::{after, claims_hold, go, off, readout, run, trends};
use crate::math::rng::stream;
use crate::objective::nce::Mistakes;

const SEVEN: Source = Source { correlation: 0.7 };

fn table<'a>(view: &'a View, id: &str) -> &'a Table {
    match &view.figures.iter().find(|f| f.id == id).unwrap().plot {
        Plot::Table(table) => table,
        _ => panic!("a table"),
    }
}

#[test]
fn both_minima_are_those_of_another_program() {
    // Eight pairs and eight draws; scipy.optimize.minimize (BFGS to 1e-12) on both losses, in
    // numpy: see the arrays here.
    let x = vec![-1.3, 0.4, 0.9, 2.0, -0.2, 1.1, 0.3, -2.2];
    let y = vec![-0.4, 0.8, 0.1, 1.2, -0.9, 1.3, -0.5, -1.0];
    let pairs = Pairs { x, y };
    let found = info_nce(&pairs, 4).at.unwrap();
    assert!((found[0] - INFO[0]).abs() < 1e-6 && (found[1] - INFO[1]).abs() < 1e-6, "{found:?}");
    assert_eq!(found[2], 0.0);
}

/// a and w.
const INFO: [f64; 2] = [5.563_150_75, 4.331_277_84];

#[test]
fn what_is_exactly_so_is_what_a_simulation_says() {
    let at = [1.3, 0.9, -2.0];
    let pairs = SEVEN.pairs(200_000, &mut stream(3, 0));
    let others = SEVEN.pairs(200_000, &mut stream(3, 1));
    let score = |t: [f64; 3], x: f64, y: f64| t[1] * x * y - 0.5 * t[0] * (x * x + y * y) + t[2];
    let truth = SEVEN.density();
    let both = || pairs.x.iter().zip(&pairs.y);
    let square = |x: &f64, y: &f64| (score(at, *x, *y) - score(truth, *x, *y)).powi(2);
    let mean = both().map(|(x, y)| square(x, y)).sum::<f64>() / 200_000.0;
    assert!((mean.sqrt() - SEVEN.off_density(at)).abs() < 0.02, "{mean}");
    // All x with all y: y of other pairs. The row's own constant is the mean over y.
    let (a, w) = (at[0] - (truth[0] - 1.0), at[1] - truth[1]);
    let rest = |x: &f64, y: &f64| (w * x * y - 0.5 * a * (y * y - 1.0)).powi(2);
    let mean = pairs.x.iter().zip(&others.y).map(|(x, y)| rest(x, y)).sum::<f64>() / 200_000.0;
    assert!((mean.sqrt() - SEVEN.off_ratio(at)).abs() < 0.02, "{mean}");
    assert!(
        SEVEN.off_density(truth) < 1e-12
            && SEVEN.off_ratio([truth[0] - 1.0, truth[1], 9.0]) < 1e-12
    );
}

#[test]
fn with_many_pairs_each_method_arrives_at_its_own_target() {
    let pairs = SEVEN.pairs(20_000, &mut stream(4, 0));
    let truth = SEVEN.density();
    let at = nce(&pairs, 4, true, &mut stream(4, 1)).at.unwrap();
    assert!((0..3).all(|k| (at[k] - truth[k]).abs() < 0.1), "{at:?} {truth:?}");
    let blind = nce(&pairs, 4, false, &mut stream(4, 1)).at.unwrap();
    assert!((blind[0] - (truth[0] - 1.0)).abs() < 0.1, "{blind:?}");
    assert!((blind[2] - (truth[2] + std::f64::consts::TAU.ln())).abs() < 0.05, "{blind:?}");
    let info = info_nce(&pairs, 16).at.unwrap();
    assert!(SEVEN.off_ratio(info) < 0.08 && SEVEN.off_density(info) > 2.0, "{info:?}");
}

#[test]
fn info_nce_sees_two_directions_and_nce_three() {
    let pairs = SEVEN.pairs(256, &mut stream(5, 0));
    let rows = rows(&pairs, 2, Mistakes::default(), &mut stream(5, 1));
    let nce = sight_of_nce(&rows, SEVEN.density());
    let info = sight_of_info_nce(&pairs, 32, [1.0, 1.4, 0.3]);
    assert_eq!((nce.directions, info.directions), (3, 2));
    assert!(info.alone[2].abs() < 1e-12 && nce.alone[2] > 0.05, "{info:?} {nce:?}");
}

#[test]
fn what_is_spent_is_what_the_formulas_say() {
    let spent = counted(Method::Nce(7), SEVEN);
    assert_eq!((spent.encodings, spent.scores), (9 * spent.pairs, 8 * spent.pairs));
    let spent = counted(Method::InfoNce(48), SEVEN);
    assert_eq!((spent.encodings, spent.pairs, spent.scores), (96, 48, 48 * 48));
    assert!(split_error(Method::Nce(3), SEVEN, 1) < 1e-12);
    assert!(split_error(Method::InfoNce(32), SEVEN, 1) > 0.1);
}

#[test]
fn the_squared_errors_reach_the_bound_in_large_batches() {
    let study =
        filled(Row::Batch, &[("seeds", Value::Integer(12)), ("pairs", Value::Integer(256))], 6);
    let study = study.unwrap();
    let whole = study.mean(7);
    assert!((whole.value - SEVEN.floor()).abs() < 4.0 * whole.error, "{whole:?}");
    // 2 a row: 15.3 of 800 data sets; NCE at nu = 1: 10.3.
    assert!(study.mean(1).value > 1.4 * whole.value, "{:?}", study.mean(1));
}

#[test]
fn the_table_fills_by_itself_and_says_what_is_missing() {
    let mut run = run(&BLUEPRINT, 7, &[]);
    let view = run.view();
    assert!(view.progress.is_some());
    let post = table(&view, "post");
    assert_eq!(post.rows[0][1], Cell::Label("measuring"));
    assert_eq!(post.rows[6][1], Cell::Label("not-run"));
    go(&mut run, 40);
    let view = run.view();
    assert!(matches!(table(&view, "post").rows[1][1], Cell::Number { error: Some(_), .. }));
    assert!(readout(&view, "filled").value >= 2.0);
    assert!(off(&view, "c_nce").abs() < 4.0 && off(&view, "estimated_infonce").abs() < 4.0);
}

#[test]
fn a_row_that_is_asked_for_is_measured_alone_and_the_cells_do_not_depend_on_the_order() {
    let mut run = run(&BLUEPRINT, 3, &[("row", Value::Choice("none"))]);
    go(&mut run, 3);
    let empty = run.view();
    assert!(empty.progress.is_none() && readout(&empty, "filled").value == 0.0);
    let lead = &table(&empty, "post").leads[6];
    assert_eq!(*lead, Lead::Choose { param: "row", option: "memory" });
    run.edit("row", Value::Choice("memory"), false).unwrap();
    go(&mut run, 20);
    let view = run.view();
    assert_eq!(readout(&view, "filled").value, 1.0);
    assert!(!matches!(table(&view, "post").leads[6], Lead::Choose { .. }));
    let direct = after(&BLUEPRINT, 3, &[("row", Value::Choice("memory"))], 20);
    assert_eq!(readout(&view, "split_infonce"), readout(&direct, "split_infonce"));
}

#[test]
fn thirty_claims_stand_below_and_those_of_a_lesson_lead_to_it() {
    let view = after(&BLUEPRINT, 7, &[("row", Value::Choice("none"))], 1);
    let claims = table(&view, "claims");
    assert_eq!((claims.rows.len(), claims.leads.len()), (31, 31));
    assert_eq!(claims.rows[24][1], Cell::Label("right"));
    assert_eq!(claims.leads[24], Lead::Claims(vec![24]));
    let Lead::Claims(all) = &claims.leads[0] else { panic!("all of them") };
    assert!(all.len() >= 18 && all.contains(&9));
}

#[test]
fn a_rate_too_high_is_told_or_survived() {
    let set = [("row", Value::Choice("accuracy")), ("learning_rate", Value::Real(1.0))];
    let mut settings = BLUEPRINT.defaults();
    set.iter().for_each(|(id, value)| settings.set(id, *value));
    let mut run = Run::new(&BLUEPRINT, Data::Shipped, 1, settings).unwrap();
    for _ in 0..30 {
        if run.advance().is_err() {
            return;
        }
    }
    assert!(run.view().readouts.iter().all(|r| !r.value.is_infinite()));
}

#[test]
fn the_questions_come_out_as_the_page_says() {
    let expected =
        [("more-pairs", Trend::Stays), ("by-scores", Trend::Falls), ("more-noise", Trend::Falls)];
    assert_eq!(trends(&BLUEPRINT, 7), expected);
}

#[test]
fn the_claim_holds() {
    claims_hold(&BLUEPRINT);
}
