//! Durations as milliseconds: as rules, scenario files and the control plane write them.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serializer};

/// The whole milliseconds of a duration.
pub(crate) fn of(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

pub(crate) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(of(*duration))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_millis)
}

/// The same of a duration that may be absent.
pub(crate) mod optional {
    use super::{Deserialize, Deserializer, Duration, Serializer};

    #[expect(clippy::ref_option, reason = "serde calls it with a reference to the field")]
    pub(crate) fn serialize<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        match duration {
            Some(duration) => super::serialize(duration, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<u64>::deserialize(deserializer)?.map(Duration::from_millis))
    }
}

/// Milliseconds with microseconds behind the point: whole ones are written without it, so they are read as before.
pub(crate) mod fractional {
    use super::{Deserialize, Deserializer, Duration, Serializer};

    const MICROS: u64 = 1_000;

    pub(crate) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        if micros.is_multiple_of(MICROS) {
            return serializer.serialize_u64(micros / MICROS);
        }
        // The nearest number of 64 bits has the same microseconds, for longer than any launcher runs.
        #[expect(clippy::cast_precision_loss, reason = "see above")]
        serializer.serialize_f64(micros as f64 / 1e3)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let millis = f64::deserialize(deserializer)?;
        // A cast saturates: a negative number is zero.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "see above")]
        Ok(Duration::from_micros((millis * 1e3).round() as u64))
    }

    #[cfg(test)]
    mod tests {
        use proptest::prelude::*;
        use serde::Serialize;

        use super::*;

        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        #[serde(transparent)]
        struct Time(#[serde(with = "super")] Duration);

        #[test]
        fn whole_milliseconds_have_no_point() {
            let json = |micros| serde_json::to_string(&Time(Duration::from_micros(micros))).unwrap();
            assert_eq!(
                ["0", "2000", "1.5", "0.001"],
                [json(0), json(2_000_000), json(1_500), json(1)].each_ref().map(String::as_str)
            );
        }

        proptest! {
            #[test]
            fn a_time_of_this_century_is_read_as_it_was_written(micros in 0..4_000_000_000_000_000_u64) {
                let time = Time(Duration::from_micros(micros));
                let json = serde_json::to_string(&time).unwrap();
                prop_assert_eq!(serde_json::from_str::<Time>(&json).unwrap(), time, "{}", json);
            }
        }
    }
}
