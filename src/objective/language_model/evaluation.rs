//! How well a model does on words it has not learned from, properly normalised: `-log p` with the
//! sum over all words, always, whatever it was trained by.

use super::full_softmax::log_partitions;
use crate::math::statistics::mean_and_variance;
use crate::model::log_bilinear::{LogBilinear, Sizes};

/// Data of a block: their scores stay in the cache.
const BLOCK: usize = 32;

/// What was found, a number a datum.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// `-log p` of each word, in nats.
    pub nll: Vec<f64>,
    /// log Z of each context.
    pub log_z: Vec<f64>,
}

/// Looks at the words of a text at these places, each of which has its context before it.
#[must_use]
pub fn evaluate(model: &LogBilinear, text: &[u32], places: &[usize]) -> Evaluation {
    let Sizes { vocabulary, dimension, context } = model.sizes();
    let mut found = Evaluation::default();
    let mut h = vec![0.0; BLOCK * (dimension + 1)];
    let mut scores = vec![0.0; BLOCK * vocabulary];
    let mut spare = vec![0.0; vocabulary];
    for block in places.chunks(BLOCK) {
        for (place, h) in block.iter().zip(h.chunks_exact_mut(dimension + 1)) {
            model.predict((1..=context).map(|back| text[place - back]), h);
        }
        let scores = &mut scores[..block.len() * vocabulary];
        model.scores(&h[..block.len() * (dimension + 1)], block.len(), scores);
        let rows = scores.chunks_exact(vocabulary).zip(block);
        found.nll.extend(rows.map(|(row, place)| -f64::from(row[text[*place] as usize])));
        log_partitions(scores, &mut spare, &mut found.log_z);
    }
    for (nll, log_z) in found.nll.iter_mut().zip(&found.log_z) {
        *nll += log_z;
    }
    found
}

/// The perplexity `exp(mean NLL)` and its standard error, by the spread of the words: that of the
/// mean times the perplexity (delta method).
#[must_use]
pub fn perplexity(nll: &[f64]) -> (f64, f64) {
    let (mean, variance) = mean_and_variance(nll);
    let perplexity = mean.exp();
    (perplexity, perplexity * (variance / nll.len() as f64).sqrt())
}

/// The standard deviation of a sample and its standard error, by the fourth moment:
/// `Var(s^2) = (m_4 - s^4)/n`.
#[must_use]
pub fn deviation(values: &[f64]) -> (f64, f64) {
    let (mean, variance) = mean_and_variance(values);
    let fourth = values.iter().map(|v| (v - mean).powi(4)).sum::<f64>() / values.len() as f64;
    let spread = variance.sqrt();
    let of_variance = ((fourth - variance * variance).max(0.0) / values.len() as f64).sqrt();
    (spread, if spread > 0.0 { 0.5 * of_variance / spread } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::{deviation, evaluate, perplexity};
    use crate::math::log_sum_exp::log_sum_exp;
    use crate::math::rng::stream;
    use crate::model::log_bilinear::{LogBilinear, Sizes};
    use rand::RngExt as _;
    use rand_distr::StandardNormal;

    #[test]
    fn words_are_normalised_over_all_words() {
        let sizes = Sizes { vocabulary: 11, dimension: 4, context: 2 };
        let mut model = LogBilinear::new(sizes, &mut stream(1, 0));
        model.next.values.iter_mut().enumerate().for_each(|(i, v)| *v += (i as f32).sin());
        let text: Vec<u32> = (0..60).map(|i| i * i % 11).collect();
        let places: Vec<usize> = (2..60).collect();
        let found = evaluate(&model, &text, &places);
        assert_eq!(found.nll.len(), 58);
        for (at, place) in places.iter().enumerate() {
            let mut h = vec![0.0; 5];
            model.predict([text[place - 1], text[place - 2]].into_iter(), &mut h);
            let scores: Vec<f64> = (0..11).map(|w| f64::from(model.score(w, &h))).collect();
            let log_z = log_sum_exp(&scores);
            assert!((found.log_z[at] - log_z).abs() < 1e-5);
            assert!((found.nll[at] - (log_z - scores[text[*place] as usize])).abs() < 1e-5);
        }
    }

    #[test]
    fn the_error_bars_cover_as_often_as_they_should() {
        // Exponential "NLL" of mean 2, so that the perplexity is e^2; its deviation is 2.
        let mut rng = stream(9, 0);
        let (mut within, runs) = ([0, 0], 400);
        for _ in 0..runs {
            let nll: Vec<f64> = (0..500).map(|_| -2.0 * (1.0 - rng.random::<f64>()).ln()).collect();
            let (value, error) = perplexity(&nll);
            within[0] += i32::from((value - 2f64.exp()).abs() < error);
            let normal: Vec<f64> = (0..500).map(|_| rng.sample(StandardNormal)).collect();
            let (value, error) = deviation(&normal);
            within[1] += i32::from((value - 1.0).abs() < error);
        }
        // 68 % of 400 with four standard deviations of a binomial.
        assert!(within.iter().all(|n| (235..=310).contains(n)), "{within:?}");
    }
}
