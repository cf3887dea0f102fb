//! What is known in closed form of the samplers on N(0, 1).

use super::method::Method;
use crate::sampler::hamiltonian::Path;
use std::f64::consts::{FRAC_2_PI, FRAC_PI_4};

/// The share of proposals that is accepted in the long run.
///
/// Metropolis with moves `N(0, 2 eta)`: `(2/pi) atan(2/sqrt(2 eta))`. MALA:
/// `1 - (2/pi) atan((eta/2)^1.5)`. HMC: [`hamiltonian`]. ULA keeps every move, and Gibbs draws from
/// N(0, 1) itself.
pub(super) fn acceptance(method: Method, path: Path) -> f64 {
    let eta = path.length;
    match method {
        Method::Metropolis => FRAC_2_PI * (2.0 / (2.0 * eta).sqrt()).atan(),
        Method::Ula | Method::Gibbs => 1.0,
        Method::Mala => 1.0 - FRAC_2_PI * (0.5 * eta).powf(1.5).atan(),
        Method::Hmc => jittered(path),
    }
}

/// Nodes of the mean over the jitter.
const NODES: usize = 400;

fn jittered(path: Path) -> f64 {
    if path.jitter == 0.0 {
        return hamiltonian(path.length, path.steps);
    }
    let at = |k: usize| 2.0 * (k as f64 + 0.5) / NODES as f64 - 1.0;
    let each =
        (0..NODES).map(|k| hamiltonian(path.length * (1.0 + path.jitter * at(k)), path.steps));
    each.sum::<f64>() / NODES as f64
}

/// `(4/pi) atan(1/s)`, s the largest singular value of the matrix of `steps` leapfrog steps. Its
/// determinant is 1, so `s^2` and `1/s^2` add up to the sum of its squared entries.
fn hamiltonian(length: f64, steps: usize) -> f64 {
    let turn = 1.0 - 0.5 * length * length;
    let one = [turn, length, -length * (1.0 - 0.25 * length * length), turn];
    let mut all = [1.0, 0.0, 0.0, 1.0];
    for _ in 0..steps {
        all = [
            one[0] * all[0] + one[1] * all[2],
            one[0] * all[1] + one[1] * all[3],
            one[2] * all[0] + one[3] * all[2],
            one[2] * all[1] + one[3] * all[3],
        ];
    }
    let sum: f64 = all.iter().map(|v| v * v).sum();
    if !sum.is_finite() {
        // Beyond the limit of stability the path leaves for good.
        return 0.0;
    }
    let square = 0.5 * (sum + (sum * sum - 4.0).max(0.0).sqrt());
    (1.0 / square.sqrt()).atan() / FRAC_PI_4
}

/// `E[x^2] = 1/(1 - eta/2)` of ULA; `None` where it diverges.
pub(super) fn ula_second_moment(eta: f64) -> Option<f64> {
    (eta < 2.0).then(|| 1.0 / (1.0 - 0.5 * eta))
}

/// The autocorrelation time of the slower of x and x^2: ULA is an autoregression with coefficient
/// `a = 1 - eta`, whose square has the coefficient `a^2`.
pub(super) fn autocorrelation_time(method: Method, eta: f64) -> Option<f64> {
    match method {
        Method::Ula if eta < 2.0 => {
            let a = 1.0 - eta;
            Some(((1.0 + a) / (1.0 - a)).max((1.0 + a * a) / (1.0 - a * a)))
        }
        Method::Gibbs => Some(1.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{acceptance, autocorrelation_time, hamiltonian, ula_second_moment};
    use crate::lesson::mcmc::method::Method;
    use crate::sampler::hamiltonian::Path;

    #[test]
    fn the_closed_forms_are_those_of_the_textbook() {
        let path = |length| Path { length, steps: 1, jitter: 0.0 };
        for (eta, exact) in [(0.1, 0.992_883), (0.5, 0.920_833), (1.0, 0.783_653), (2.0, 0.5)] {
            assert!((acceptance(Method::Mala, path(eta)) - exact).abs() < 1e-6);
            // One leapfrog step of sqrt(2 eta) is MALA.
            let one = hamiltonian((2.0 * eta).sqrt(), 1);
            assert!((one - exact).abs() < 1e-6, "{eta}: {one}");
        }
        // numpy.linalg.svd of the matrix power.
        for (length, steps, exact) in
            [(0.5, 5, 0.988_150), (1.5, 3, 0.760_231), (1.0, 3, 1.0), (3.0, 40, 0.0)]
        {
            assert!((hamiltonian(length, steps) - exact).abs() < 1e-6);
        }
        // scipy.integrate.dblquad of min(1, exp((x^2 - y^2)/2)).
        for (eta, exact) in [(0.5, 0.704_833), (2.0, 0.5)] {
            let one = acceptance(Method::Metropolis, path(eta));
            assert!((one - exact).abs() < 1e-6, "{one}");
        }
        for (eta, bias) in [(0.1, 0.052_632), (0.5, 1.0 / 3.0), (1.0, 1.0)] {
            assert!((ula_second_moment(eta).unwrap() - 1.0 - bias).abs() < 1e-6);
            let tau = autocorrelation_time(Method::Ula, eta).unwrap();
            assert!((tau - (2.0 - eta) / eta).abs() < 1e-12);
        }
        assert_eq!(ula_second_moment(2.0), None);
        let mixed = Path { length: 1.0, steps: 3, jitter: 0.3 };
        assert!(acceptance(Method::Hmc, mixed) < 0.999);
    }
}
