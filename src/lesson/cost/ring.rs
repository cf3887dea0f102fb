//! Many devices: threads that really exchange chunks, at eight pairs a device, and the same formulas
//! at the size of the settings. What a device received is counted number by number.

use super::bench::CLIP_SCALE;
use super::formula::MIB;
use super::picture::{decades, from_zero, lines, number, points, table};
use super::rows::pairs;
use crate::lab::Label;
use crate::lab::experiment::{Diverged, Experiment};
use crate::lab::param::{Settings, Value};
use crate::lab::view::{Axis, Cell, Figure, Readout, Role, Series, View};
use crate::math::rng::Rng;
use crate::objective::devices::{
    Together, clip_by_all_gather, logits, received, siglip_by_permute,
};
use crate::objective::fused_pairs::{Batches, FusedPairs};
use crate::objective::logit_tile::Sides;

/// Pairs of a device, and numbers of a row, in the exchange that is made.
const PAIRS: usize = 8;
const WIDTH: usize = 32;
/// Scale and bias of SigLIP: at its start of -10 no pair that does not belong together would be seen.
const SIGLIP: (f32, f32) = (10.0, -5.0);
/// The most devices.
const MOST: f64 = 64.0;

/// The exchange in progress.
#[derive(Clone)]
pub(super) struct Devices {
    is_clip: bool,
    devices: usize,
    batch: f64,
    width: f64,
    steps: f64,
    /// The last exchange.
    last: Together,
    /// Sums over the exchanges so far: of the loss after each round, and of one device's.
    rounds: Vec<f64>,
    alone: f64,
    /// The largest relative difference of the loss so far.
    off: f64,
}

impl Devices {
    pub(super) fn new(settings: &Settings, _: &mut Rng) -> Self {
        let devices = settings.count("devices").max(1);
        Self {
            is_clip: settings.choice("loss") == "clip",
            devices,
            batch: settings.count("batch") as f64,
            width: settings.count("width") as f64,
            steps: 0.0,
            last: Together::default(),
            rounds: vec![0.0; devices],
            alone: 0.0,
            off: 0.0,
        }
    }

    /// Bytes of rows that a device receives, by the formula.
    fn received(&self, batch: f64, devices: f64, width: f64) -> f64 {
        received(batch, devices, width, if self.is_clip { 2.0 } else { 1.0 })
    }

    /// Bytes that come back for the gradients: two numbers a pair, or a gradient on its D hops.
    fn returned(&self, is_clip: bool) -> f64 {
        let (n, devices) = (self.batch, self.devices as f64);
        if devices < 2.0 {
            0.0
        } else if is_clip {
            received(n, devices, 1.0, 2.0)
        } else {
            received(n, devices, self.width, 1.0) * devices / (devices - 1.0)
        }
    }

    fn held(&self, is_clip: bool) -> f64 {
        let (_, rows, square) = logits(self.batch, self.devices as f64);
        if is_clip { rows } else { square }
    }
}

/// The loss on one device.
fn alone(rows: &(Vec<f32>, Vec<f32>), is_clip: bool) -> f64 {
    let (mut by_a, mut by_b) = (vec![0.0; rows.0.len()], vec![0.0; rows.0.len()]);
    let (a, b, by_a, by_b) = (&rows.0[..], &rows.1[..], &mut by_a[..], &mut by_b[..]);
    let batches = &mut Batches { dimension: WIDTH, a, b, by_a, by_b };
    let mut engine = FusedPairs::new(1);
    if is_clip {
        engine.clip(batches, CLIP_SCALE).loss
    } else {
        engine.siglip(batches, SIGLIP.0, SIGLIP.1).loss
    }
}

impl Experiment for Devices {
    fn set(&mut self, _: Label, _: Value) {}

    fn step(&mut self, rng: &mut Rng) -> Result<(), Diverged> {
        let rows = pairs(PAIRS * self.devices, WIDTH, rng);
        let sides = Sides { dimension: WIDTH, a: &rows.0, b: &rows.1 };
        let found = if self.is_clip {
            clip_by_all_gather(sides, CLIP_SCALE, self.devices)
        } else {
            siglip_by_permute(sides, SIGLIP, self.devices)
        };
        let Some(found) = found else { return Err(Diverged { why: "device-lost" }) };
        let exact = alone(&rows, self.is_clip);
        self.off = self.off.max((found.loss / exact - 1.0).abs());
        self.alone += exact;
        self.rounds.iter_mut().zip(&found.rounds).for_each(|(sum, r)| *sum += r);
        self.steps += 1.0;
        self.last = found;
        Ok(())
    }

    fn view(&self) -> View {
        let mut notes = Vec::new();
        if self.devices as f64 > self.batch || self.batch % self.devices as f64 != 0.0 {
            notes.push("uneven");
        }
        View {
            figures: vec![self.takes(), self.gives(), self.ledger()],
            readouts: self.readouts(),
            notes,
            progress: None,
        }
    }

    fn fork(&self) -> Box<dyn Experiment> {
        Box::new(self.clone())
    }
}

impl Devices {
    fn counted(&self) -> f64 {
        self.last.rows.iter().max().map_or(f64::NAN, |bytes| *bytes as f64)
    }

    fn readouts(&self) -> Vec<Readout> {
        let devices = self.devices as f64;
        let here = self.received((PAIRS * self.devices) as f64, devices, WIDTH as f64);
        let off = if self.steps > 0.0 { self.off } else { f64::NAN };
        vec![
            Readout::plain("all-bytes", logits(self.batch, devices).0 / MIB),
            Readout::plain("device-bytes", self.held(self.is_clip) / MIB),
            Readout::plain("received-bytes", self.received(self.batch, devices, self.width) / MIB),
            Readout::plain("returned-bytes", self.returned(self.is_clip) / MIB),
            Readout::plain("counted-bytes", self.counted() / 1024.0).against(here / 1024.0),
            Readout::plain("loss-difference", off).against(0.0),
        ]
    }

    /// MiB a device against the number of devices.
    fn takes(&self) -> Figure {
        let x: Vec<f64> = (0..=6).map(|k| f64::from(1 << k)).collect();
        let of = |f: &dyn Fn(f64) -> f64| x.iter().map(|d| f(*d) / MIB).collect::<Vec<f64>>();
        let (n, d) = (self.batch, self.width);
        let rows = of(&|devices| received(n, devices, d, 2.0));
        let texts = of(&|devices| received(n, devices, d, 1.0));
        let strips = of(&|devices| logits(n, devices).1);
        let squares = of(&|devices| logits(n, devices).2);
        let most = strips[0].max(rows[rows.len() - 1]);
        let least = squares[squares.len() - 1].max(1e-4).min(most / 10.0);
        // What was counted, at the size of the settings.
        let scale = n * d / (PAIRS * self.devices * WIDTH) as f64;
        let counted = (self.devices as f64, (self.counted() * scale / MIB, f64::NAN));
        let series = vec![
            Series::line("clip-logits", Role::Positive, x.clone(), strips),
            Series::line("siglip-logits", Role::Estimate, x.clone(), squares),
            Series::line("clip-received", Role::Noise, x.clone(), rows),
            Series::line("siglip-received", Role::Model, x, texts),
            points("counted", Role::Data, &[counted]),
        ];
        let axis = Axis::of("devices-axis").logarithmic().within(0.9, 1.1 * MOST);
        lines("takes", axis, decades("mib-axis", least, most), series)
    }

    /// The loss as far as it is known after each round, against that of one device.
    fn gives(&self) -> Figure {
        let devices = self.devices as f64;
        let mean = |sum: f64| if self.steps > 0.0 { sum / self.steps } else { f64::NAN };
        let x: Vec<f64> = (1..=self.devices).map(|r| r as f64).collect();
        let y: Vec<f64> = self.rounds.iter().map(|r| mean(*r)).collect();
        let exact = mean(self.alone);
        let ends = vec![0.0, devices + 0.5];
        let found: Vec<_> = x.into_iter().zip(y).map(|(x, y)| (x, (y, f64::NAN))).collect();
        let series = vec![
            Series::line("alone", Role::Exact, ends, vec![exact; 2]),
            points("together", Role::Estimate, &found),
        ];
        let axis = Axis::of("rounds-axis").within(0.0, devices + 0.5);
        lines("gives", axis, from_zero("nats-axis", 1.2 * exact), series)
    }

    fn ledger(&self) -> Figure {
        let devices = self.devices as f64;
        let (n, d) = (self.batch, self.width);
        let row = |name: Label, clip: f64, siglip: f64| {
            vec![Cell::Label(name), number(clip / MIB), number(siglip / MIB)]
        };
        let own = 2.0 * n / devices * d * 4.0;
        table(
            vec!["mib-a-device", "clip", "siglip"],
            vec![
                row("row-own", own, own),
                row("row-logits", self.held(true), self.held(false)),
                row("row-received", received(n, devices, d, 2.0), received(n, devices, d, 1.0)),
                row("row-returned", self.returned(true), self.returned(false)),
            ],
        )
    }
}
