//! The one table of what `bench` measures.

use crate::data::toy::Toy;
use crate::lab::bench::{Resource, Work};
use crate::lab::blueprint::Source;
use crate::lab::run::Run;
use crate::lesson::energy;
use crate::math::lanes::Lanes;
use crate::math::quadrature::Grid;
use crate::math::rng::stream;
use crate::math::vector_math;
use crate::model::encoder::Encoder;
use crate::model::energy::Quartic;
use crate::model::fused_mlp::FusedMlp;
use crate::objective::contrastive_divergence::{Settings, Trainer};
use crate::objective::fused_pairs::{Batches as PairBatches, Found, FusedPairs};
use crate::objective::nce::fused;
use crate::objective::nt_xent::fused as simclr;
use crate::sampler::lanes_metropolis::{LaneChains, Proposal, Trace};
use crate::text::Lang;

/// One call of it returns a number that tells whether the work was done.
type Call = Box<dyn FnMut() -> f64>;

/// Something to measure.
pub(super) struct Benchmark {
    /// A name that never changes.
    pub(super) id: &'static str,
    /// What it is called in English and in Korean.
    pub(super) words: [&'static str; 2],
    /// How many of what is counted (steps, numbers, calls) one call does.
    pub(super) units: f64,
    /// What one call needs.
    pub(super) work: Work,
    /// Whether it can use more than one thread.
    pub(super) threaded: bool,
    /// Prepares it for so many threads.
    pub(super) build: fn(usize) -> Call,
}

impl Benchmark {
    pub(super) fn name(&self, lang: Lang) -> &'static str {
        let [en, ko] = self.words;
        match lang {
            Lang::En => en,
            Lang::Ko => ko,
        }
    }
}

/// Points of the density, and numbers that a function is applied to.
const POINTS: usize = 4_096;
const NUMBERS: f64 = POINTS as f64;

/// A step of contrastive divergence in a perceptron 2-128-128-1: 20 Langevin steps of 512 chains,
/// then the gradient at those and at as many data. A test holds both counts to the trainer's own.
const CD_BATCH: usize = 512;
const CD_FLOP: f64 = 786_432_000.0;
const CD_SILU: f64 = 256.0 * 512.0 * 22.0;

/// A step of noise-contrastive estimation in the same perceptron: as many data and ten times as many
/// draws of the noise. Again a test holds the counts to the trainer's own.
const NCE_BATCH: usize = 512;
const NCE_POINTS: f64 = 11.0 * 512.0;
const NCE_FLOP: f64 = NCE_POINTS * 256.0 * 390.0;
const NCE_SILU: f64 = NCE_POINTS * 256.0;

/// A step of SimCLR: 256 pairs of views through an encoder, NT-Xent, and back. Once more a test holds
/// the counts to the trainer's own.
const SIMCLR_SIZES: [usize; 4] = [64, 128, 128, 64];
const SIMCLR_VIEWS: usize = 512;
const SIMCLR_FLOP: f64 = 159_383_552.0;
const SIMCLR_EXP: f64 = (SIMCLR_VIEWS * SIMCLR_VIEWS) as f64;

/// A contrastive loss with its gradients: three products of N by N by 64, an exponential a pair.
const PAIR_NUMBERS: usize = 64;

const fn of_pairs(n: usize) -> [(Resource, f64); 2] {
    [(Resource::Flop, (6 * n * n * PAIR_NUMBERS) as f64), (Resource::Exp, (n * n) as f64)]
}

/// The walkers of the double well: how many, and how many steps in a call.
const CHAINS: usize = 1_024;
const STEPS: usize = 1_000;
const PATH: usize = 100_000;

/// A step on the line: the place, a quartic (five operations, four of them fused with another), the
/// threshold; one exponential variate, which is priced as an exponential; two random words.
const METROPOLIS_FLOP: f64 = 12.0;

/// The perceptron 1-32-32-1 of lesson 1.1 over 272 eruptions and 384 nodes: two operations a weight
/// and point forward, the same for the weights' gradient, and again for the weights between the
/// hidden layers.
const LIKELIHOOD_POINTS: f64 = 656.0;
const LIKELIHOOD_FLOP: f64 = 2.0 * LIKELIHOOD_POINTS * (2.0 * (32.0 + 1024.0 + 32.0) + 1024.0);

/// All of them, in the order they are shown.
pub(super) static BENCHMARKS: &[Benchmark] = &[
    Benchmark {
        id: "cd-step",
        words: ["contrastive divergence, f32 (steps)", "대조 발산, f32 (단계)"],
        units: 1.0,
        work: &[(Resource::Flop, CD_FLOP), (Resource::Silu, CD_SILU)],
        threaded: true,
        build: cd_step,
    },
    Benchmark {
        id: "nce-step",
        words: ["noise-contrastive estimation, f32 (steps)", "잡음 대조 추정, f32 (단계)"],
        units: 1.0,
        work: &[(Resource::Flop, NCE_FLOP), (Resource::Silu, NCE_SILU)],
        threaded: true,
        build: nce_step,
    },
    Benchmark {
        id: "simclr-step",
        words: ["SimCLR, 256 pairs of views, f32 (steps)", "SimCLR, 뷰 쌍 256개, f32 (단계)"],
        units: 1.0,
        work: &[(Resource::Flop, SIMCLR_FLOP), (Resource::Exp, SIMCLR_EXP)],
        threaded: true,
        build: simclr_step,
    },
    Benchmark {
        id: "clip-loss-256",
        words: ["CLIP loss of 256 pairs, f32 (calls)", "CLIP 손실, 쌍 256개, f32 (회)"],
        units: 1.0,
        work: &of_pairs(256),
        threaded: true,
        build: |threads| pairs(threads, 256, clip),
    },
    Benchmark {
        id: "clip-loss",
        words: ["CLIP loss of 1,024 pairs, f32 (calls)", "CLIP 손실, 쌍 1,024개, f32 (회)"],
        units: 1.0,
        work: &of_pairs(1_024),
        threaded: true,
        build: |threads| pairs(threads, 1_024, clip),
    },
    Benchmark {
        id: "clip-loss-4096",
        words: ["CLIP loss of 4,096 pairs, f32 (calls)", "CLIP 손실, 쌍 4,096개, f32 (회)"],
        units: 1.0,
        work: &of_pairs(4_096),
        threaded: true,
        build: |threads| pairs(threads, 4_096, clip),
    },
    Benchmark {
        id: "siglip-loss-256",
        words: ["SigLIP loss of 256 pairs, f32 (calls)", "SigLIP 손실, 쌍 256개, f32 (회)"],
        units: 1.0,
        work: &of_pairs(256),
        threaded: true,
        build: |threads| pairs(threads, 256, siglip),
    },
    Benchmark {
        id: "siglip-loss",
        words: ["SigLIP loss of 1,024 pairs, f32 (calls)", "SigLIP 손실, 쌍 1,024개, f32 (회)"],
        units: 1.0,
        work: &of_pairs(1_024),
        threaded: true,
        build: |threads| pairs(threads, 1_024, siglip),
    },
    Benchmark {
        id: "siglip-loss-4096",
        words: ["SigLIP loss of 4,096 pairs, f32 (calls)", "SigLIP 손실, 쌍 4,096개, f32 (회)"],
        units: 1.0,
        work: &of_pairs(4_096),
        threaded: true,
        build: |threads| pairs(threads, 4_096, siglip),
    },
    Benchmark {
        id: "density",
        words: ["density on 4,096 points, f32 (calls)", "점 4,096개의 밀도, f32 (회)"],
        units: 1.0,
        // The polynomial, the sum and the division by Z.
        work: &[(Resource::Flop, 10.0 * NUMBERS), (Resource::Exp, NUMBERS)],
        threaded: false,
        build: density,
    },
    Benchmark {
        id: "metropolis-lanes",
        words: ["Metropolis, 1,024 chains, f32 (steps)", "메트로폴리스, 사슬 1,024개, f32 (단계)"],
        units: (CHAINS * STEPS) as f64,
        work: &[
            (Resource::Flop, METROPOLIS_FLOP * (CHAINS * STEPS) as f64),
            (Resource::Exp, (CHAINS * STEPS) as f64),
            (Resource::Random, 2.0 * (CHAINS * STEPS) as f64),
        ],
        threaded: false,
        build: metropolis_lanes,
    },
    Benchmark {
        id: "metropolis-chain",
        words: ["Metropolis, one chain, f32 (steps)", "메트로폴리스, 사슬 1개, f32 (단계)"],
        units: PATH as f64,
        // One step waits for the last: a limit of the throughput would say nothing.
        work: &[],
        threaded: false,
        build: metropolis_chain,
    },
    Benchmark {
        id: "likelihood-step",
        words: ["lesson 1.1, exact likelihood, f64 (steps)", "수업 1.1, 정확한 가능도, f64 (단계)"],
        units: 1.0,
        work: &[
            (Resource::FlopDouble, LIKELIHOOD_FLOP),
            (Resource::SiluDouble, 64.0 * LIKELIHOOD_POINTS),
        ],
        threaded: false,
        build: likelihood_step,
    },
    Benchmark {
        id: "exp",
        words: ["exp over a slice, f32 (numbers)", "배열의 exp, f32 (개)"],
        units: NUMBERS,
        work: &[(Resource::Exp, NUMBERS)],
        threaded: false,
        build: exp,
    },
    Benchmark {
        id: "silu",
        words: ["SiLU with derivative, f64 (numbers)", "SiLU와 도함수, f64 (개)"],
        units: NUMBERS,
        work: &[(Resource::SiluDouble, NUMBERS)],
        threaded: false,
        build: silu,
    },
    Benchmark {
        id: "normal",
        words: ["normal random numbers, f32 (numbers)", "정규 난수, f32 (개)"],
        units: NUMBERS,
        // Two of them take a logarithm, a sine and a cosine.
        work: &[(Resource::Random, NUMBERS), (Resource::Exp, NUMBERS)],
        threaded: false,
        build: normal,
    },
];

/// Batches of the eight Gaussians, drawn from a pool of them.
struct Batches {
    pool: Vec<f32>,
    lanes: Lanes,
    draws: Vec<f32>,
    data: Vec<f32>,
}

impl Batches {
    const POOL: usize = 10_000;

    fn of(size: usize) -> Self {
        let pool = Toy::EightGaussians.sample(Self::POOL, &mut stream(7, 0));
        Self {
            pool: pool.iter().map(|x| *x as f32).collect(),
            lanes: Lanes::new(7, 2),
            draws: vec![0.0; size],
            data: vec![0.0; 2 * size],
        }
    }

    fn next(&mut self) -> &[f32] {
        self.lanes.uniform(&mut self.draws);
        for (u, point) in self.draws.iter().zip(self.data.chunks_exact_mut(2)) {
            let at = 2 * (u * Self::POOL as f32) as usize;
            point.copy_from_slice(&self.pool[at..at + 2]);
        }
        &self.data
    }
}

fn cd_step(threads: usize) -> Call {
    let mut trainer = Trainer::new((2, 128), 0.1, Settings::workload(), threads, 7);
    let mut batches = Batches::of(CD_BATCH);
    Box::new(move || trainer.step(batches.next()))
}

fn nce_step(threads: usize) -> Call {
    let model = FusedMlp::new(2, 128, 0.1, &mut stream(7, 1));
    let mut trainer = fused::Trainer::new(model, fused::Settings::workload(), threads, 8);
    let mut batches = Batches::of(NCE_BATCH);
    Box::new(move || trainer.step(batches.next()).total())
}

/// Views without anything in common, always the same: what the encoder learns does not matter here.
fn simclr_step(threads: usize) -> Call {
    let encoder = Encoder::new(&SIMCLR_SIZES, &mut stream(7, 2));
    let mut views = vec![0.0; SIMCLR_VIEWS * SIMCLR_SIZES[0]];
    Lanes::new(7, 5).normal(&mut views);
    let mut trainer = simclr::Trainer::new(encoder, simclr::Settings::workload(), threads);
    Box::new(move || trainer.step(&views).loss)
}

fn clip(engine: &mut FusedPairs, batches: &mut PairBatches<'_>) -> Found {
    engine.clip(batches, 1.0 / 0.07)
}

fn siglip(engine: &mut FusedPairs, batches: &mut PairBatches<'_>) -> Found {
    engine.siglip(batches, 10.0, -10.0)
}

/// A loss of so many pairs of random unit rows.
fn pairs(
    threads: usize,
    count: usize,
    loss: fn(&mut FusedPairs, &mut PairBatches<'_>) -> Found,
) -> Call {
    let rows = |index| {
        let mut rows = vec![0.0_f32; count * PAIR_NUMBERS];
        Lanes::new(7, index).normal(&mut rows);
        for row in rows.chunks_exact_mut(PAIR_NUMBERS) {
            let length = row.iter().map(|v| v * v).sum::<f32>().sqrt();
            vector_math::scale_f32(row, 1.0 / length);
        }
        rows
    };
    let (a, b) = (rows(3), rows(4));
    let (mut by_a, mut by_b) = (vec![0.0; a.len()], vec![0.0; b.len()]);
    let mut engine = FusedPairs::new(threads);
    Box::new(move || {
        let (by_a, by_b) = (&mut by_a[..], &mut by_b[..]);
        let mut batches = PairBatches { dimension: PAIR_NUMBERS, a: &a, b: &b, by_a, by_b };
        loss(&mut engine, &mut batches).loss
    })
}

fn density(_: usize) -> Call {
    let grid = Grid::new(-2.0, 2.0, POINTS);
    let x: Vec<f32> = grid.nodes().iter().map(|x| *x as f32).collect();
    let spacing = grid.spacing() as f32;
    let mut p = vec![0.0; POINTS];
    Box::new(move || {
        // -5 (x^2 - 1)^2.
        let total = vector_math::exp_quartic_sum_f32(&x, &[-5.0, 0.0, 10.0, 0.0, -5.0], &mut p);
        vector_math::scale_f32(&mut p, 1.0 / (total * spacing));
        f64::from(p[POINTS / 4])
    })
}

fn metropolis_lanes(_: usize) -> Call {
    let energy = Quartic::double_well(5.0, 0.0);
    let mut chains = LaneChains::new(-1.0, CHAINS, 7);
    Box::new(move || {
        let accepted = chains.advance(&energy, 1.0, Proposal::Uniform(0.8), STEPS);
        accepted as f64 / (CHAINS * STEPS) as f64
    })
}

fn metropolis_chain(_: usize) -> Call {
    let energy = Quartic::double_well(5.0, 0.0);
    let mut trace = Trace::new(-1.0, 7);
    let mut path = vec![0.0; PATH];
    Box::new(move || {
        trace.walk(&energy, 1.0, Proposal::Uniform(0.8), &mut path) as f64 / PATH as f64
    })
}

fn likelihood_step(_: usize) -> Call {
    let lesson = &energy::BLUEPRINT;
    let mut run = Run::new(lesson, Source::Shipped, 7, lesson.defaults()).ok();
    Box::new(move || {
        let stepped = run.as_mut().is_some_and(|run| run.advance().is_ok());
        if stepped { 1.0 } else { f64::NAN }
    })
}

fn exp(_: usize) -> Call {
    let x: Vec<f32> = Grid::new(-8.0, 8.0, POINTS).nodes().iter().map(|x| *x as f32).collect();
    let mut y = vec![0.0; POINTS];
    Box::new(move || {
        vector_math::exp_f32(&x, &mut y);
        f64::from(y[0])
    })
}

fn silu(_: usize) -> Call {
    let x = Grid::new(-8.0, 8.0, POINTS).nodes();
    let (mut y, mut slope) = (vec![0.0; POINTS], vec![0.0; POINTS]);
    Box::new(move || {
        vector_math::silu_with_derivative(&x, &mut y, &mut slope);
        y[0] + slope[0]
    })
}

fn normal(_: usize) -> Call {
    let (mut lanes, mut x) = (Lanes::new(7, 0), vec![0.0; POINTS]);
    Box::new(move || {
        lanes.normal(&mut x);
        f64::from(x[0])
    })
}

#[cfg(test)]
mod tests;
