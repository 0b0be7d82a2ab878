//! The control plane, under `/__mock`: what a user did in the window of the launcher, and what a test needs to see.
//!
//! It needs no token, so pages of other origins, and pages of other sites, are refused (see `http::guard`).

use std::future::ready;
use std::time::Duration;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, Path, Query, Request, State};
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::{delete, get, post, put};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Uri, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::config::Consent;
use crate::demo;
use crate::escape::escaped;
use crate::events::Events;
use crate::fault::{self, Rule};
use crate::http::body;
use crate::http::guard::CONTROL;
use crate::http::reply::{self, Failure, Reply};
use crate::journal::JournalQuery;
use crate::launcher::page::{PAGE_ITEMS_MAX, Page};
use crate::launcher::{Launcher, Question, RecordView, WholeRecordView};
use crate::listing::listing;
use crate::millis;
use crate::network::DataName;
use crate::readable::readable;
use crate::rooms::Place;
use crate::window::{self, Shown};

/// The largest body, in bytes. A fault rule stays in memory with all its text.
const CONTROL_BYTES_MAX: usize = 64 << 10;

/// All that is not the API: the control plane, and the root.
pub(crate) fn router(launcher: &Launcher, stopping: CancellationToken) -> Router {
    let page = get(async |headers: HeaderMap| Shown::Page.or(&headers, listing));
    let way_to_page = get(async |headers: HeaderMap| Shown::WayToPage.or(&headers, listing));
    let inner = routes(launcher, Events::new(stopping));
    let router = Router::new().route("/", way_to_page.clone()).route(window::PATH, page);
    router.route(CONTROL, way_to_page).nest(CONTROL, inner).layer(from_fn(readable))
}

/// The routes of the control plane, to be nested.
fn routes(launcher: &Launcher, events: Events) -> Router {
    let demo = if launcher.config().demo { demo::router() } else { Router::new() };
    demo.merge(window::router())
        .route("/events", get(move |State(launcher): State<Launcher>| ready(events.open(&launcher))))
        .route("/accounts", get(accounts).post(log_in_new_account))
        .route("/logout", post(log_out))
        .route("/consent", get(consent).put(set_consent))
        .route("/consent/{id}", put(decide))
        .route("/sessions", get(sessions))
        .route("/sessions/{id}", delete(revoke))
        .route("/handles", get(handles).delete(lose_handles))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/faults/{id}", delete(remove_fault))
        .route("/link", get(link).put(set_link))
        .route("/restart", post(restart))
        .route("/network", get(network))
        .route("/network/{name}", get(record))
        .route("/rooms", get(rooms))
        .route("/rooms/{number}", get(room))
        .route("/launchers", get(launchers))
        .route("/journal", get(journal).delete(clear_journal))
        .route("/reset", post(reset))
        .fallback(async || Failure::NotFound)
        .method_not_allowed_fallback(async || Failure::NotFound)
        .with_state(launcher.clone())
}

/// The body of a request as it stands, whatever its type.
struct RawBody(Bytes);

impl FromRequest<Launcher> for RawBody {
    type Rejection = Failure;

    async fn from_request(request: Request, launcher: &Launcher) -> Result<Self, Failure> {
        let bytes_max = launcher.config().body_bytes_max.min(CONTROL_BYTES_MAX);
        body::read(request.into_body(), bytes_max).await.map(Self)
    }
}

/// Bodies are JSON, whatever their content type: `curl -d` sends forms.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(bytes)
        .map_err(|error| Failure::Refused(format!("not the body of this route: {}", escaped(&error)).into()))
}

fn done_if(found: bool, otherwise: &'static str) -> Reply {
    if found { Ok(reply::done()) } else { Err(Failure::Absent(otherwise)) }
}

/// A page of a list, with a link to the page that follows.
fn page<T: Serialize>(uri: &Uri, cursor: &str, page: Page<T, impl ToString>) -> Response {
    with_next(reply::json(&page.items), uri, cursor, page.next)
}

/// An answer with a link to the page that follows: the same query with another cursor.
fn with_next(mut response: Response, uri: &Uri, cursor: &str, next: Option<impl ToString>) -> Response {
    let Some(next) = next.map(|next| next.to_string()) else { return response };
    let is_kept = |part: &&str| !part.is_empty() && part.split('=').next() != Some(cursor);
    let kept = uri.query().unwrap_or_default().split('&').filter(is_kept);
    let value = utf8_percent_encode(&next, NON_ALPHANUMERIC);
    let query = kept.map(str::to_owned).chain([format!("{cursor}={value}")]).collect::<Vec<_>>().join("&");
    // A query has no character that ends a header or the link.
    let link = HeaderValue::from_bytes(format!("<?{query}>; rel=\"next\"").as_bytes()).ok();
    response.headers_mut().extend(link.map(|link| (header::LINK, link)));
    response
}

/// The query of a request, or what is wrong with it.
fn asked<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, Failure> {
    let Query(query) = query.map_err(|error| Failure::Refused(escaped(&error.body_text()).into()))?;
    Ok(query)
}

/// Which page of a list is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PageQuery<C> {
    after: Option<C>,
    limit: Option<usize>,
}

type AskedPage<C = u64> = Result<Query<PageQuery<C>>, QueryRejection>;

async fn accounts(State(launcher): State<Launcher>, uri: Uri, query: AskedPage) -> Reply {
    let PageQuery { after, limit } = asked(query)?;
    Ok(page(&uri, "after", launcher.page_of_accounts(after, limit)))
}

async fn log_in_new_account(State(launcher): State<Launcher>) -> Response {
    reply::json(&launcher.log_in_new_account())
}

async fn log_out(State(launcher): State<Launcher>) -> Response {
    launcher.log_out();
    reply::done()
}

async fn consent(State(launcher): State<Launcher>, uri: Uri, query: AskedPage) -> Reply {
    #[derive(Serialize)]
    struct Body {
        policy: Consent,
        waiting: Vec<Question>,
    }
    let PageQuery { after, limit } = asked(query)?;
    let Page { items, next } = launcher.page_of_questions(after, limit);
    let answer = reply::json(&Body { policy: launcher.consent(), waiting: items });
    Ok(with_next(answer, &uri, "after", next))
}

async fn set_consent(State(launcher): State<Launcher>, RawBody(body): RawBody) -> Reply {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        policy: Consent,
    }
    let body: Body = parse(&body)?;
    launcher.set_consent(body.policy);
    Ok(reply::done())
}

async fn decide(State(launcher): State<Launcher>, Path(id): Path<String>, RawBody(body): RawBody) -> Reply {
    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Decision {
        Allow,
        Deny,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        decision: Decision,
    }
    let body: Body = parse(&body)?;
    let allow = matches!(body.decision, Decision::Allow);
    done_if(id.parse().is_ok_and(|id| launcher.decide(id, allow)), "no app waits under this number")
}

async fn sessions(State(launcher): State<Launcher>, uri: Uri, query: AskedPage) -> Reply {
    let PageQuery { after, limit } = asked(query)?;
    Ok(page(&uri, "after", launcher.page_of_sessions(after, limit)))
}

async fn revoke(State(launcher): State<Launcher>, Path(id): Path<String>) -> Reply {
    done_if(id.parse().is_ok_and(|id| launcher.revoke(id)), "no live session has this number")
}

async fn handles(State(launcher): State<Launcher>, query: Result<Query<HandlesQuery>, QueryRejection>) -> Reply {
    Ok(reply::json(&launcher.latest_handles(asked(query)?.limit)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HandlesQuery {
    limit: Option<usize>,
}

async fn lose_handles(State(launcher): State<Launcher>) -> Response {
    launcher.lose_handles();
    reply::done()
}

async fn faults(State(launcher): State<Launcher>) -> Response {
    reply::json(&launcher.faults())
}

async fn add_fault(State(launcher): State<Launcher>, RawBody(body): RawBody) -> Reply {
    #[derive(Serialize)]
    struct Body {
        id: u64,
    }
    let rule: Rule = parse(&body)?;
    let guard = launcher.add_fault(rule).map_err(|error| Failure::Refused(error.to_string().into()))?;
    Ok(reply::json(&Body { id: guard.keep() }))
}

async fn clear_faults(State(launcher): State<Launcher>) -> Response {
    launcher.clear_faults();
    reply::done()
}

async fn remove_fault(State(launcher): State<Launcher>, Path(id): Path<String>) -> Reply {
    done_if(id.parse().is_ok_and(|id| launcher.remove_fault(id)), "no rule has this number")
}

async fn link(State(launcher): State<Launcher>) -> Response {
    reply::json(&launcher.link())
}

async fn set_link(State(launcher): State<Launcher>, RawBody(body): RawBody) -> Reply {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        joined: bool,
        #[serde(default)]
        after_ms: u64,
    }
    let body: Body = parse(&body)?;
    let timeout = Duration::from_millis(body.after_ms);
    fault::check_delay(timeout).map_err(|error| Failure::Refused(error.to_string().into()))?;
    if body.joined {
        launcher.repair();
    } else {
        launcher.partition(timeout);
    }
    Ok(reply::done())
}

async fn restart(State(launcher): State<Launcher>) -> Response {
    launcher.restart();
    reply::done()
}

/// A record, and what it is in its room.
#[derive(Serialize)]
struct Placed<T> {
    #[serde(flatten)]
    record: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<Place>,
}

async fn network(State(launcher): State<Launcher>, uri: Uri, query: AskedPage<String>) -> Reply {
    #[derive(Serialize)]
    struct Body {
        bytes: usize,
        records: Vec<Placed<RecordView>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }
    let PageQuery { after, limit } = asked(query)?;
    let after = after.as_deref().map(record_name).transpose()?;
    let network = launcher.network();
    let Page { items, next } = network.page(after, limit);
    let next = next.map(|name| name.to_string());
    let records = {
        let rooms = network.rooms();
        let placed = |record: RecordView| {
            let room = DataName::parse(&record.name).and_then(|name| rooms.place_of(name));
            Placed { record, room }
        };
        items.into_iter().map(placed).collect()
    };
    let answer = reply::json(&Body { bytes: network.bytes(), records, next: next.clone() });
    Ok(with_next(answer, &uri, "after", next))
}

async fn record(State(launcher): State<Launcher>, Path(name): Path<String>) -> Reply {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        /// When the network was created: the times of its versions count from there.
        #[serde(rename = "startedAtMs", with = "millis::fractional")]
        started_at: Duration,
        #[serde(flatten)]
        record: Placed<WholeRecordView>,
    }
    let name = record_name(&name)?;
    let record = launcher.network().whole_record(name);
    let nothing = || Failure::Absent("nothing is stored under this name: GET /__mock/network lists what is");
    let record = Placed { record: record.ok_or_else(nothing)?, room: launcher.network().rooms().place_of(name) };
    Ok(reply::json(&Body { started_at: launcher.times().started_at, record }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoomsQuery {
    before: Option<u64>,
    limit: Option<usize>,
}

async fn rooms(State(launcher): State<Launcher>, uri: Uri, query: Result<Query<RoomsQuery>, QueryRejection>) -> Reply {
    let RoomsQuery { before, limit } = asked(query)?;
    let page = launcher.page_of_rooms(before, limit);
    Ok(with_next(reply::json(&page), &uri, "before", page.before))
}

async fn room(State(launcher): State<Launcher>, Path(number): Path<String>) -> Reply {
    let room = number.parse().ok().and_then(|number| launcher.room(number));
    let no_room =
        || Failure::Absent("no room has this number, or it was not used for too long: GET /__mock/rooms lists them");
    Ok(reply::json(&room.ok_or_else(no_room)?))
}

async fn launchers(State(launcher): State<Launcher>) -> Response {
    #[derive(Serialize)]
    struct Body {
        /// Text: not every JSON reader has 64 bits.
        network: String,
        /// Whether this launcher serves the demo page.
        demo: bool,
        launchers: Vec<Listed>,
    }
    #[derive(Serialize)]
    struct Listed {
        number: u64,
        url: String,
        #[serde(rename = "self")]
        is_self: bool,
    }
    let urls = launcher.network().urls().clone();
    let listed = |(number, url)| Listed { number, url, is_self: number == launcher.number() };
    let network = format!("{:016x}", launcher.network().id());
    let demo = launcher.config().demo;
    reply::json(&Body { network, demo, launchers: urls.into_iter().map(listed).collect() })
}

async fn journal(
    State(launcher): State<Launcher>,
    uri: Uri,
    query: Result<Query<JournalQuery>, QueryRejection>,
) -> Reply {
    let mut query = asked(query)?;
    query.record = query.record.as_deref().map(record_name).transpose()?.map(|name| name.to_string());
    let page = launcher.page_of_journal(&query);
    Ok(with_next(reply::json(&page), &uri, "before", page.before))
}

async fn clear_journal(State(launcher): State<Launcher>) -> Response {
    launcher.clear_journal();
    reply::done()
}

/// The name of a record in a query, where a `+` means a space.
fn record_name(text: &str) -> Result<DataName, Failure> {
    let not_a_name =
        || Failure::Refused("this is not the name of a record, in base64: GET /__mock/network lists them".into());
    DataName::parse(&text.replace(' ', "+")).ok_or_else(not_a_name)
}

async fn reset(State(launcher): State<Launcher>) -> Response {
    let mut stored = launcher.reset_to_drop();
    // In parts, so that other requests are answered meanwhile.
    while stored.drop_some(PAGE_ITEMS_MAX) {
        tokio::task::yield_now().await;
    }
    reply::done()
}
