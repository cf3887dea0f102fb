use super::*;

fn real(min: f64, max: f64, scale: Scale) -> ParamSpec {
    ParamSpec {
        id: "x",
        symbol: "x",
        kind: Kind::Real { min, max, scale },
        default: Value::Real(min),
        effect: Effect::Live,
        applies: always,
    }
}

fn integer(min: i64, max: i64, scale: Scale) -> ParamSpec {
    ParamSpec { kind: Kind::Integer { min, max, scale }, ..real(0.0, 1.0, scale) }
}

#[test]
fn arrows_climb_the_ladder_and_come_back_down_it() {
    let spec = real(0.01, 100.0, Scale::Log);
    let mut v = Value::Real(0.01);
    let mut seen = vec![v.to_string()];
    for _ in 0..60 {
        v = spec.nudge(v, 1);
        seen.push(v.to_string());
    }
    assert_eq!(v, Value::Real(100.0));
    assert_eq!(&seen[..5], ["0.01", "0.012", "0.015", "0.02", "0.025"]);
    for _ in 0..60 {
        v = spec.nudge(v, -1);
    }
    assert_eq!(v, Value::Real(0.01));
}

#[test]
fn a_value_between_rungs_moves_to_the_nearest_rung_in_that_direction() {
    assert_eq!(real(0.0, 1.0, Scale::Linear(0.1)).nudge(Value::Real(0.25), 1), Value::Real(0.3));
    assert_eq!(real(0.0, 1.0, Scale::Linear(0.1)).nudge(Value::Real(0.25), -1), Value::Real(0.2));
    assert_eq!(real(0.1, 9.0, Scale::Log).nudge(Value::Real(0.7), -1), Value::Real(0.6));
}

#[test]
fn every_press_changes_a_whole_number_until_the_end() {
    let spec = integer(1, 10_000, Scale::Log);
    let mut v = Value::Integer(1);
    let mut last = 1;
    for _ in 0..200 {
        v = spec.nudge(v, 1);
        let Value::Integer(now) = v else { panic!() };
        assert!(now > last || now == 10_000, "stuck at {now}");
        last = now;
    }
    assert_eq!(last, 10_000);
}

#[test]
fn refusals_say_what_would_be_right() {
    let spec = real(0.1, 10.0, Scale::Log);
    assert_eq!(spec.parse("abc").unwrap_err().to_string(), "'abc' is not a number");
    assert_eq!(spec.parse("nan").unwrap_err().to_string(), "'nan' is not a number");
    assert_eq!(spec.parse("11").unwrap_err().to_string(), "11 is outside the range 0.1 to 10");
    assert_eq!(
        integer(1, 9, Scale::Log).parse("2.5").unwrap_err().to_string(),
        "'2.5' is not a whole number"
    );
    assert_eq!(integer(1, 9_000, Scale::Log).parse("1e3"), Ok(Value::Integer(1000)));
}

#[test]
fn a_value_reads_back_as_it_was_written() {
    let spec = real(1e-12, 1e12, Scale::Log);
    for v in [1e-12, 3.0e-5, 0.1, 1.0 / 3.0, 123_456.789, 9.9e11] {
        assert_eq!(spec.parse(&Value::Real(v).to_string()), Ok(Value::Real(v)));
    }
}
