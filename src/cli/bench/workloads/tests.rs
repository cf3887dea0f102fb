use super::{
    BENCHMARKS, CD_BATCH, CD_FLOP, CD_SILU, LIKELIHOOD_POINTS, NCE_BATCH, NCE_FLOP, NCE_POINTS,
    NCE_SILU, SIMCLR_EXP, SIMCLR_FLOP, SIMCLR_SIZES, SIMCLR_VIEWS, cd_step, nce_step, simclr_step,
};
use crate::lab::blueprint::Source;
use crate::lab::run::Run;
use crate::lesson::energy;
use crate::math::rng::stream;
use crate::model::fused_mlp::FusedMlp;
use crate::objective::contrastive_divergence::{Settings, Trainer, activations, operations};
use crate::objective::nce::fused;
use crate::objective::nt_xent::fused as simclr;
use crate::text::Lang;

#[test]
fn every_one_has_its_name_and_does_its_work() {
    for (i, benchmark) in BENCHMARKS.iter().enumerate() {
        assert!(BENCHMARKS[..i].iter().all(|b| b.id != benchmark.id));
        assert_ne!(benchmark.name(Lang::En), benchmark.name(Lang::Ko));
        assert!(benchmark.units >= 1.0);
        let mut call = (benchmark.build)(1);
        let (first, second) = (call(), call());
        assert!(first.is_finite() && second.is_finite(), "{}", benchmark.id);
    }
}

#[test]
fn what_they_return_is_right() {
    let last = |id: &str| {
        let benchmark = BENCHMARKS.iter().find(|b| b.id == id).unwrap();
        let mut call = (benchmark.build)(1);
        call();
        call()
    };
    // exp(-5 (x^2 - 1)^2)/Z next to x = -1; Z by scipy's quad.
    let density = 0.999_998_807_6 / 0.834_058_804_107;
    assert!((last("density") - density).abs() < 2e-6, "{}", last("density"));
    // Random directions. SigLIP: the mean over pairs and N - 1 times that over the others, by
    // scipy's quad. InfoNCE is near log N + log E exp(s cos), 1.558092 by scipy's Bessel function.
    // The cosines of the pairs scatter by 1/8.
    for (end, pairs) in [("-256", 256.0_f64), ("", 1_024.0), ("-4096", 4_096.0)] {
        let exact = 10.000_098_26 + (pairs - 1.0) * 9.825_596e-5;
        let siglip = last(&format!("siglip-loss{end}"));
        assert!((siglip - exact).abs() < 4.0 * 1.25 / pairs.sqrt(), "{pairs}: {siglip}");
        let near = pairs.ln() + 1.558_092;
        let clip = last(&format!("clip-loss{end}"));
        assert!((clip - near).abs() < 0.05 + 4.0 * 1.8 / pairs.sqrt(), "{pairs}: {clip} {near}");
    }
    // The acceptance of the same well: see the tests of the sampler.
    assert!((last("metropolis-lanes") - 0.344_547).abs() < 0.003);
    assert!((last("metropolis-chain") - 0.344_547).abs() < 0.02);
}

#[test]
fn the_cd_step_is_counted_as_its_trainer_counts() {
    let settings = Settings::workload();
    let trainer = Trainer::new((2, 128), 0.1, settings, 1, 7);
    assert_eq!(CD_FLOP, operations(trainer.model(), &settings, CD_BATCH));
    assert_eq!(CD_SILU, activations(trainer.model(), &settings, CD_BATCH));
    let mut step = cd_step(1);
    // The loss falls at once, and comes back as the chains catch up.
    let losses: Vec<f64> = (0..10).map(|_| step()).collect();
    assert!(losses[5..].iter().sum::<f64>() / 5.0 < losses[0], "{losses:?}");
}

#[test]
fn the_nce_step_is_counted_as_its_trainer_counts() {
    let settings = fused::Settings::workload();
    let model = FusedMlp::new(2, 128, 0.1, &mut stream(7, 1));
    assert_eq!(settings.draws, 10 * NCE_BATCH);
    assert_eq!(NCE_POINTS, (settings.draws + NCE_BATCH) as f64);
    assert_eq!(NCE_FLOP, fused::operations(&model, NCE_POINTS as usize));
    assert_eq!(NCE_SILU, fused::activations(&model, NCE_POINTS as usize));
    let mut step = nce_step(1);
    let losses: Vec<f64> = (0..20).map(|_| step()).collect();
    assert!(losses[15..].iter().sum::<f64>() / 5.0 < losses[0] - 0.5, "{losses:?}");
}

#[test]
fn the_simclr_step_is_counted_as_its_trainer_counts() {
    assert_eq!(SIMCLR_FLOP, simclr::operations(&SIMCLR_SIZES, SIMCLR_VIEWS));
    assert_eq!(SIMCLR_EXP, simclr::exponentials(SIMCLR_VIEWS));
    let mut step = simclr_step(1);
    let losses: Vec<f64> = (0..30).map(|_| step()).collect();
    // Near log 511 for directions that say nothing of each other; then it learns them by heart.
    assert!((losses[0] - 511f64.ln()).abs() < 0.5, "{}", losses[0]);
    assert!(losses[29] < losses[0] - 0.2, "{losses:?}");
}

#[test]
fn the_likelihood_step_has_the_points_it_is_counted_with() {
    // The defaults that the count of operations goes by.
    let settings = energy::BLUEPRINT.defaults();
    assert_eq!((settings.count("width"), settings.count("layers")), (32, 2));
    assert_eq!(settings.choice("data"), "geyser-waiting");
    assert!(Run::new(&energy::BLUEPRINT, Source::Shipped, 7, settings).is_ok());
    assert_eq!(LIKELIHOOD_POINTS, 272.0 + 384.0);
}
