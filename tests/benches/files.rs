//! What a directory of many files costs, over TCP: a file more, and a listing. Both shall be linear in the entries.

use safe_mock::MockLauncher;
use suite::call::Client;
use tokio::time::{Duration, Instant};

use crate::statistics::{Figure, milliseconds};

/// Files in the small directory, and in the large one.
const FILES: [usize; 2] = [1_000, 10_000];

/// How often each listing is read. The fastest one counts: the others were disturbed.
const LISTINGS: usize = 10;

/// The time for the files and for a listing of a small and of a large directory.
pub async fn listed_and_created() -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut times = Vec::new();
    for files in FILES {
        let (created, listed) = times_with(files).await;
        figures.push(Figure::new(
            format!("to create {files} files in one directory"),
            milliseconds(created.as_secs_f64()),
            "",
        ));
        figures.push(Figure::new(
            format!("to list a directory of {files} files"),
            milliseconds(listed.as_secs_f64()),
            "",
        ));
        times.push((created, listed));
    }
    if let [(created, listed), (created_more, listed_more)] = times[..] {
        let ratio = |less: Duration, more: Duration| format!("{:.1}", more.as_secs_f64() / less.as_secs_f64());
        figures.push(Figure::new("creating 10 times as many files, ratio", ratio(created, created_more), "10: linear"));
        figures.push(Figure::new("listing 10 times as many files, ratio", ratio(listed, listed_more), "10: linear"));
    }
    figures
}

async fn times_with(files: usize) -> (Duration, Duration) {
    let launcher = MockLauncher::start().await.unwrap();
    let client = Client::over_tcp(&launcher);
    let token = client.token("bench", &[]).await;
    let begun = Instant::now();
    for number in 0..files {
        let call = client.post(&format!("/nfs/file/app/file{number}")).token(&token);
        assert_eq!(call.body("text/plain", "content").send().await.status(), 200);
    }
    let created = begun.elapsed();
    // The client of the suite takes no answer as long as this one.
    let (reader, url) = (reqwest::Client::new(), format!("{}/nfs/directory/app/", launcher.url()));
    let mut listed = Duration::MAX;
    for _ in 0..LISTINGS {
        let begun = Instant::now();
        let listing = reader.get(&url).bearer_auth(&token).send().await.unwrap().bytes().await.unwrap();
        listed = listed.min(begun.elapsed());
        assert!(listing.len() > 100 * files, "{} bytes", listing.len());
    }
    launcher.shutdown().await;
    (created, listed)
}
