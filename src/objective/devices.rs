//! One batch over D devices, each a thread with N/D rows of both sides and no memory in common: what
//! they know of one another came through a channel, and every number that came is counted.
//!
//! * CLIP: the softmax of a row is over all columns. Chunks of both sides go round a ring until every
//!   device has all of them (an all-gather: D - 1 hops), then each works out its N/D rows of logits
//!   against all N columns, and the other way about. The logarithms of the sums go round too, 2 N
//!   numbers, after which each has all it needs for the gradients by its own rows.
//! * SigLIP: a pair needs nothing but itself. Each device keeps its images and its chunk of texts goes
//!   round, one device a round; a square of N/D by N/D logits is all there ever is. The gradient by a
//!   chunk travels with it and is home after D hops (Zhai, Mustafa, Kolesnikov and Beyer, Sigmoid loss
//!   for language image pre-training, ICCV 2023, section 3.3).
//!
//! Bytes of rows received by a device, of d numbers of four bytes: `2 (D - 1)/D N d 4` and
//! `(D - 1)/D N d 4`. Losses and gradients are those of one device.

use super::logit_tile::{Sides, exponentials, sigmoids, weigh};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// What D devices found together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Together {
    /// In nats; the same as on one device up to rounding.
    pub loss: f64,
    /// The loss as far as it was known after each round of the ring: what the pairs seen so far add.
    /// A softmax knows nothing before it has all columns.
    pub rounds: Vec<f64>,
    /// Derivatives by the rows of both sides.
    pub by_a: Vec<f32>,
    /// Those by the other side.
    pub by_b: Vec<f32>,
    /// Bytes of rows that each device received.
    pub rows: Vec<usize>,
    /// Bytes of what else it received: logarithms of sums, or gradients on their way home.
    pub rest: Vec<usize>,
    /// Bytes of logits that a device held at once, at most.
    pub logits: usize,
}

/// What one device hands back.
struct Share {
    rounds: Vec<f64>,
    by_a: Vec<f32>,
    by_b: Vec<f32>,
    rows: usize,
    rest: usize,
    logits: usize,
}

/// A place on the ring: what is sent goes to the next, what is received comes from the one before.
struct Ring<T> {
    to: Sender<T>,
    from: Receiver<T>,
}

impl<T> Ring<T> {
    /// So many places in their order.
    fn of(devices: usize) -> Vec<Self> {
        let (mut senders, receivers): (Vec<_>, Vec<_>) = (0..devices).map(|_| channel()).unzip();
        senders.rotate_left(1 % devices.max(1));
        senders.into_iter().zip(receivers).map(|(to, from)| Self { to, from }).collect()
    }

    /// Sends and receives. `None` when a neighbour is gone.
    fn pass(&self, message: T) -> Option<T> {
        self.to.send(message).ok()?;
        self.from.recv().ok()
    }
}

const BYTES: usize = size_of::<f32>();

/// Every chunk of an all-gather in the order of the devices; and how many bytes came.
fn gather(
    ring: &Ring<Vec<f32>>,
    at: usize,
    devices: usize,
    own: &[f32],
) -> Option<(Vec<f32>, usize)> {
    let n = own.len();
    let mut all = vec![0.0; n * devices];
    all[at * n..][..n].copy_from_slice(own);
    let (mut travelling, mut bytes) = (own.to_vec(), 0);
    for hop in 1..devices {
        travelling = ring.pass(travelling)?;
        bytes += BYTES * travelling.len();
        let from = (at + devices - hop) % devices;
        all[from * n..][..n].copy_from_slice(&travelling);
    }
    Some((all, bytes))
}

/// Runs one thread a device and puts together what they found, in their order. `None` if the rows do
/// not divide among the devices, or a device was lost.
fn run<T: Send>(
    sides: Sides<'_>,
    devices: usize,
    work: impl Fn(usize, Sides<'_>, &Ring<T>) -> Option<Share> + Sync,
) -> Option<Together> {
    let d = sides.dimension;
    let count = sides.shape().0;
    let fits = sides.a.len() == sides.b.len() && count > 0;
    if !fits || devices == 0 || !count.is_multiple_of(devices) {
        return None;
    }
    let step = count / devices * d;
    let work = &work;
    let shares: Vec<Option<Share>> = thread::scope(|scope| {
        let chunks = sides.a.chunks(step).zip(sides.b.chunks(step));
        let threads: Vec<_> = chunks
            .zip(Ring::of(devices))
            .enumerate()
            .map(|(at, ((a, b), ring))| {
                scope.spawn(move || work(at, Sides { dimension: d, a, b }, &ring))
            })
            .collect();
        threads.into_iter().map(|t| t.join().ok().flatten()).collect()
    });
    let mut all = Together::default();
    for share in shares {
        let share = share?;
        all.rounds.resize(share.rounds.len(), 0.0);
        all.rounds.iter_mut().zip(&share.rounds).for_each(|(sum, part)| *sum += part);
        all.by_a.extend(share.by_a);
        all.by_b.extend(share.by_b);
        all.rows.push(share.rows);
        all.rest.push(share.rest);
        all.logits = all.logits.max(share.logits);
    }
    let mut so_far = 0.0;
    for part in &mut all.rounds {
        so_far += *part / count as f64;
        *part = so_far;
    }
    all.loss = so_far;
    Some(all)
}

/// The loss of CLIP at a scale of 40 at most, by all-gather. `None` if N is not a multiple of the
/// number of devices.
#[must_use]
pub fn clip_by_all_gather(sides: Sides<'_>, scale: f32, devices: usize) -> Option<Together> {
    let count = sides.shape().0;
    run(sides, devices, |at, own, ring| {
        let (n, d) = (own.shape().0, own.dimension);
        let (all_a, first) = gather(ring, at, devices, own.a)?;
        let (all_b, second) = gather(ring, at, devices, own.b)?;
        let mut tile = vec![0.0; n * count];
        let (mut line, mut nowhere) = (Vec::new(), vec![0.0; count]);
        // Own rows of both directions: against all columns of the other side.
        let there = Sides { b: &all_b, ..own };
        let back = Sides { dimension: d, a: own.b, b: &all_a };
        let mut sums = [vec![0.0; n], vec![0.0; n]];
        for (sides, sums) in [there, back].into_iter().zip(&mut sums) {
            sides.logits(scale, &mut tile);
            exponentials(&mut tile, scale, sums, &mut nowhere, &mut line);
        }
        let half = |sums: &[f64]| sums.iter().map(|s| (0.5 / s) as f32).collect::<Vec<f32>>();
        let own_halves = sums.each_ref().map(|s| half(s));
        let (row_halves, third) = gather(ring, at, devices, &own_halves[0])?;
        let (column_halves, fourth) = gather(ring, at, devices, &own_halves[1])?;
        let mut by = [vec![0.0; n * d], vec![0.0; n * d]];
        for (k, sides) in [there, back].into_iter().enumerate() {
            let others = [&column_halves, &row_halves][k];
            sides.logits(scale, &mut tile);
            exponentials(&mut tile, scale, &mut sums[k].clone(), &mut nowhere, &mut line);
            weigh(&mut tile, &own_halves[k], others);
            sides.pull_a(&tile, &mut by[k]);
        }
        let [mut by_a, mut by_b] = by;
        let cosines = own.close(scale / count as f32, &mut by_a, &mut by_b);
        let logs: f64 = sums.iter().flatten().map(|s| 0.5 * (s.ln() + f64::from(scale))).sum();
        let mut rounds = vec![0.0; devices];
        rounds[devices - 1] = logs - f64::from(scale) * cosines;
        let (rows, rest) = (first + second, third + fourth);
        Some(Share { rounds, by_a, by_b, rows, rest, logits: BYTES * tile.len() })
    })
}

/// A chunk of texts on its way round, and the gradient by it so far.
struct Travelling {
    rows: Vec<f32>,
    gradient: Vec<f32>,
}

/// The loss of SigLIP, by chunks that go round. `None` if N is not a multiple of the number of devices.
#[must_use]
pub fn siglip_by_permute(
    sides: Sides<'_>,
    (scale, bias): (f32, f32),
    devices: usize,
) -> Option<Together> {
    let count = sides.shape().0;
    run(sides, devices, |_, own, ring: &Ring<Travelling>| {
        let (n, d) = (own.shape().0, own.dimension);
        let (mut tile, mut line) = (vec![0.0; n * n], Vec::new());
        let mut by_a = vec![0.0; n * d];
        let mut chunk = Travelling { rows: own.b.to_vec(), gradient: vec![0.0; n * d] };
        let (mut rounds, mut rows, mut rest) = (Vec::with_capacity(devices), 0, 0);
        for round in 0..devices {
            let sides = Sides { b: &chunk.rows, ..own };
            sides.logits(scale, &mut tile);
            rounds.push(sigmoids(&mut tile, n, bias, &mut line));
            sides.pull_a(&tile, &mut by_a);
            sides.pull_b(&tile, &mut chunk.gradient);
            if devices > 1 {
                if round + 1 == devices {
                    // The last hop is the gradient's, home.
                    chunk.rows.clear();
                }
                chunk = ring.pass(chunk)?;
                rows += BYTES * chunk.rows.len();
                rest += BYTES * chunk.gradient.len();
            }
        }
        let mut by_b = chunk.gradient;
        let cosines = own.close(scale / count as f32, &mut by_a, &mut by_b);
        // softplus(-l) = softplus(l) - l for the pairs that belong together: those of round 0.
        rounds[0] -= f64::from(scale) * cosines + f64::from(bias) * n as f64;
        Some(Share { rounds, by_a, by_b, rows, rest, logits: BYTES * tile.len() })
    })
}

/// Bytes of rows that a device receives: `sides` is 2 for an all-gather of both, 1 for texts alone.
#[must_use]
pub fn received(batch: f64, devices: f64, dimension: f64, sides: f64) -> f64 {
    sides * (devices - 1.0) / devices * batch * dimension * BYTES as f64
}

/// Bytes of logits that a device holds at once: (all of N x N, CLIP's N/D x N, SigLIP's N/D x N/D).
#[must_use]
pub fn logits(batch: f64, devices: f64) -> (f64, f64, f64) {
    let all = batch * batch * BYTES as f64;
    (all, all / devices, all / (devices * devices))
}

#[cfg(test)]
mod tests {
    use super::{Together, clip_by_all_gather, logits, received, siglip_by_permute};
    use crate::math::all_pairs::Pace;
    use crate::objective::logit_tile::Sides;
    use crate::objective::tiles::testing::{gaussian_rows, units};
    use crate::objective::{clip, siglip};

    const MIB: f64 = 1_048_576.0;

    #[test]
    fn the_formulas_are_those_of_the_table() {
        // By hand: 32,768^2 x 4 bytes, and 96 MiB of rows a side.
        assert_eq!(logits(32_768.0, 64.0), (4_096.0 * MIB, 64.0 * MIB, MIB));
        assert_eq!(received(32_768.0, 64.0, 768.0, 2.0), 189.0 * MIB);
        assert_eq!(received(32_768.0, 64.0, 768.0, 1.0), 94.5 * MIB);
    }

    #[test]
    fn any_number_of_devices_finds_what_one_does_and_receives_what_the_formula_says() {
        let (n, d) = (48, 20);
        let wide = [units(&gaussian_rows(3, n, d), d), units(&gaussian_rows(4, n, d), d)];
        let [a, b] = [0, 1].map(|i| wide[i].rows().iter().map(|v| *v as f32).collect::<Vec<_>>());
        let (sides, pace) = (Sides { dimension: d, a: &a, b: &b }, Pace::new(1));
        let softmax = clip::of_units(&wide[0], &wide[1], 10.0, &pace);
        let sigmoid = siglip::of_units(&wide[0], &wide[1], (10.0, -10.0), &pace);
        for devices in [1, 2, 3, 8, 48] {
            let clip = clip_by_all_gather(sides, 10.0, devices).expect("all devices");
            let siglip = siglip_by_permute(sides, (10.0, -10.0), devices).expect("all devices");
            let held = logits(n as f64, devices as f64);
            for (found, exact, two, held) in
                [(&clip, &softmax, 2.0, held.1), (&siglip, &sigmoid, 1.0, held.2)]
            {
                let off = found.loss / exact.loss - 1.0;
                assert!(off.abs() < 1e-6, "{devices}: {} {}", found.loss, exact.loss);
                assert_eq!(found.rounds.len(), devices);
                let count = received(n as f64, devices as f64, d as f64, two);
                assert!(found.rows.iter().all(|bytes| *bytes as f64 == count.round()), "{devices}");
                assert_eq!(found.logits as f64, held);
                for (found, exact) in [(&found.by_a, &exact.a), (&found.by_b, &exact.b)] {
                    assert_eq!(found.len(), exact.len());
                    for (f, e) in found.iter().zip(exact) {
                        assert!((f64::from(*f) - e).abs() < 3e-7, "{devices}: {f} {e}");
                    }
                }
            }
            // Two numbers a pair, against gradients as long as the rows, one hop more.
            let hops = (devices - 1) * n / devices;
            assert!(clip.rest.iter().all(|bytes| *bytes == 2 * 4 * hops));
            let home = if devices == 1 { 0 } else { 4 * n * d };
            assert!(siglip.rest.iter().all(|bytes| *bytes == home));
        }
    }

    #[test]
    fn a_softmax_knows_nothing_before_it_has_all_and_a_sigmoid_adds_up() {
        let (n, d) = (12, 6);
        let rows = |seed| -> Vec<f32> {
            units(&gaussian_rows(seed, n, d), d).rows().iter().map(|v| *v as f32).collect()
        };
        let (a, b) = (rows(1), rows(2));
        let sides = Sides { dimension: d, a: &a, b: &b };
        let clip: Together = clip_by_all_gather(sides, 5.0, 4).expect("all devices");
        assert!(clip.rounds[..3].iter().all(|r| *r == 0.0) && clip.rounds[3] == clip.loss);
        let siglip = siglip_by_permute(sides, (5.0, -2.0), 4).expect("all devices");
        assert!(siglip.rounds.windows(2).all(|w| w[1] > w[0]));
        assert!(clip_by_all_gather(sides, 5.0, 5).is_none(), "twelve rows on five devices");
    }
}
