//! Environment variables in place of flags.

use super::{Running, address, ask, fails, get, program};

#[test]
#[cfg(unix)]
fn environment_variables_have_the_effect_of_flags() {
    let mut running = Running::start(program().env("SAFE_MOCK_PORT", "0").env("SAFE_MOCK_NO_CONTROL", "true"));
    let address = address(&running.ready());
    assert_ne!(address.port(), 8100);
    assert!(ask(address, &get("/__mock")).starts_with("HTTP/1.1 404"));
    running.signal("TERM");
    assert_eq!(running.end().0, Some(0));
}

#[test]
#[cfg(unix)]
fn environment_variables_are_read_as_people_write_them() {
    for (demo, no_control, serves) in [
        ("1", "", true),
        ("yes", "false", true),
        ("On", "0", true),
        ("true", "no", true),
        ("", "off", false),
        ("0", "", false),
        ("no", "", false),
    ] {
        let mut command = program();
        let all = ["HOST", "LAUNCHERS", "SEED", "CONSENT", "ORIGIN", "HANDLES_MAX", "IDLE_TIMEOUT_S", "LOG"];
        command.envs(all.map(|name| (format!("SAFE_MOCK_{name}"), "")));
        command.env("SAFE_MOCK_DEMO", demo).env("SAFE_MOCK_NO_CONTROL", no_control).env("SAFE_MOCK_PORT", "0");
        let mut running = Running::start(&mut command);
        let answer = ask(address(&running.ready()), &get("/__mock/demo/"));
        assert_eq!(answer.starts_with("HTTP/1.1 200"), serves, "{demo:?} {no_control:?}: {answer}");
        running.signal("TERM");
        assert_eq!(running.end().0, Some(0));
    }
    for (name, value) in [("DEMO", "perhaps"), ("NO_CONTROL", "2"), ("PORT", "http")] {
        let (code, said) = fails(program().env(format!("SAFE_MOCK_{name}"), value));
        assert_eq!(code, Some(2), "{name}={value}: {said}");
    }
    let (code, said) = fails(program().env("SAFE_MOCK_NO_CONTROL", "1").arg("--demo"));
    assert_eq!(code, Some(2), "{said}");
}
