//! Which pages may call a launcher, and by which host: the tables of docs/origins.md, row by row.

use http::header::{HOST, HeaderName, ORIGIN};
use safe_mock::{Builder, MockLauncher, Origin, Origins};
use suite::call::Client;
use suite::connection::{rest, sent};

const PAGE: &str = include_str!("../../docs/origins.md");

/// A cell: what is in its backticks, if it has any.
type Cell = Option<String>;

/// The rows of the table that begins with this line.
fn rows<const COLUMNS: usize>(heading: &str, rows_min: usize) -> Vec<[Cell; COLUMNS]> {
    let rows =
        PAGE.lines().skip_while(|line| !line.starts_with(heading)).skip(2).take_while(|line| line.starts_with('|'));
    let rows: Vec<[Cell; COLUMNS]> = rows
        .map(|row| {
            let mut cells = row.split('|').skip(1).map(|cell| cell.split('`').nth(1).map(str::to_owned));
            std::array::from_fn(|_| cells.next().unwrap())
        })
        .collect();
    assert!(rows.len() >= rows_min, "{heading}: {}", rows.len());
    rows
}

/// The word of a column that has no backticks.
fn word(heading: &str, row: usize, column: usize) -> String {
    let line = PAGE.lines().skip_while(|line| !line.starts_with(heading)).nth(2 + row).unwrap();
    line.split('|').nth(column + 1).unwrap().trim().to_owned()
}

#[test]
fn each_page_may_call_that_the_table_of_origins_says() {
    let heading = "| `--origin` |";
    for (index, [flag, page]) in rows(heading, 50).into_iter().enumerate() {
        let (flag, page) = (flag.unwrap(), page.unwrap());
        let origins = Origins::new([flag.parse().unwrap()]);
        let expected = word(heading, index, 2);
        assert!(["yes", "no"].contains(&&*expected), "{expected}");
        assert_eq!(origins.allow(&page.parse().unwrap()), expected == "yes", "--origin {flag}, {page}");
    }
}

#[test]
fn an_origin_of_a_flag_has_one_form_or_is_refused() {
    for [given, taken] in rows("| given |", 30) {
        let given = given.unwrap();
        let read = given.parse::<Origin>();
        assert_eq!(read.as_ref().ok().map(Origin::to_string), taken, "{given}");
        if let Err(refused) = read {
            assert!(refused.to_string().starts_with(&format!("`{given}` is not an origin: write ")), "{refused}");
        }
    }
}

#[tokio::test]
async fn a_request_that_a_browser_marks_reaches_what_the_table_says() {
    let client = Client::in_process(&Builder::default().demo(true).build());
    let heading = "| `Host` | `Origin` | `Sec-Fetch-Site` |";
    for (index, [host, origin, site, request]) in rows(heading, 20).into_iter().enumerate() {
        let request = request.unwrap();
        let (method, path) = request.split_once(' ').unwrap();
        let mut call = client.request(method.parse().unwrap(), path).header(HOST, &host.unwrap());
        let is_link = word(heading, index, 2).ends_with("followed as a link");
        let link = is_link.then_some([("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")]);
        for (name, value) in link.into_iter().flatten().chain(site.as_deref().map(|site| ("sec-fetch-site", site))) {
            call = call.header(HeaderName::from_static(name), value);
        }
        if let Some(origin) = &origin {
            call = call.header(ORIGIN, origin);
        }
        let answer = call.send().await;
        let status = word(heading, index, 4);
        assert_eq!(answer.status().to_string(), status, "{origin:?} {site:?} link: {is_link}, {request}");
        let readable = answer.header("access-control-allow-origin");
        assert_eq!(readable, origin.as_deref().filter(|_| status == "200"), "{request}");
    }
}

/// Everything that a launcher answers to bytes.
async fn said(launcher: &MockLauncher, request: &str) -> String {
    rest(&mut sent(launcher, request).await).await
}

#[tokio::test]
async fn over_tcp_no_name_of_another_party_gives_a_token_or_the_control_plane() {
    let launcher = MockLauncher::start().await.unwrap();
    for request in ["POST /__mock/reset", "GET /__mock/journal", "GET /health", "POST /auth", "OPTIONS /auth"] {
        for (head, status) in [
            (format!("{request} HTTP/1.1\r\nhost: evil.example:8100\r\norigin: http://evil.example:8100"), 403),
            (format!("{request} HTTP/1.1\r\nhost: evil.example:8100"), 403),
            (format!("{request} HTTP/1.0\r\nhost: evil.example:8100"), 403),
            (format!("{request} HTTP/1.1\r\nhost:"), 403),
            (format!("{} HTTP/1.1\r\nhost: localhost", request.replace(" /", " http://evil.example/")), 403),
            (format!("{} HTTP/1.1\r\nhost: evil.example", request.replace(" /", " http://localhost/")), 403),
            (format!("{request} HTTP/1.1\r\nhost: localhost\r\nhost: evil.example"), 400),
            (format!("{request} HTTP/1.1\r\nhost: localhost\r\nhost: localhost"), 400),
            (format!("{request} HTTP/1.1\r\nhost: localhost\r\norigin: http://localhost\r\norigin: null"), 400),
        ] {
            let answer = said(&launcher, &format!("{head}\r\nconnection: close\r\n\r\n")).await;
            assert!(
                answer.starts_with("HTTP/1.") && answer[8..].starts_with(&format!(" {status} ")),
                "{head}: {answer}"
            );
            assert_eq!(answer.contains("--allow-host"), status == 403, "{answer}");
        }
    }
    let here =
        said(&launcher, "GET http://localhost/health HTTP/1.1\r\nhost: LOCALHOST.:1\r\nconnection: close\r\n\r\n")
            .await;
    assert!(here.starts_with("HTTP/1.1 200 "), "{here}");
    let without_a_host = said(&launcher, "GET /health HTTP/1.0\r\n\r\n").await;
    assert!(without_a_host.starts_with("HTTP/1.0 200 "), "{without_a_host}");
}

#[tokio::test]
async fn in_process_a_launcher_answers_to_any_host() {
    let client = Client::in_process(&Builder::default().build());
    assert_eq!(client.get("/health").header(HOST, "alice.example").send().await.status(), 200);
}
