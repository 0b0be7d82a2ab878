//! The route table: the handler of each call, with the segments and the body that it takes.

use axum::extract::Request;

use super::caller::Caller;
use super::path::{behind, optional_segment, segment};
use super::reply::{self, Failure, Reply};
use super::{
    appendable_data as ad, appendable_items as it, auth as a, body, cipher_options as c, data_id as d, directory as n,
    encrypt_key as e, file as f, immutable_data as i, long_name as l, sign_key as k, structured_data as s,
};
use crate::call::Call;
use crate::launcher::appendable_items::{Change, KeyChange, List};

/// Carries out a call. Segments of the path are counted from 0, and are read before the body.
///
/// # Errors
/// The path or body cannot be read, or the handler refuses.
#[expect(clippy::too_many_lines, reason = "a table, one line for each call; a group is a screen")]
pub async fn call(call: Call, caller: &Caller, request: Request) -> Reply {
    let path = request.uri().clone();
    let path = path.path();
    match call {
        Call::Health => Ok(reply::done()),
        Call::Options => Call::methods(path).map(|methods| reply::options(&methods)).ok_or(Failure::NotFound),
        // An unknown path and a known path with another method have the same answer (launcher behaviour §2.6).
        Call::Unknown => Err(Failure::NotFound),

        Call::Authorise => a::authorise(caller, &body::parsed(request).await?).await,
        Call::Check => a::check(caller),
        Call::Revoke => a::revoke(caller),

        Call::DeserialiseDataId => d::deserialise(caller, &body::raw(caller.launcher(), request).await?),
        Call::HoldAppendableDataId => d::hold_appendable(caller, &body::parsed(request).await?),
        Call::HoldDataId => d::hold(caller, &body::parsed(request).await?),
        Call::SerialiseDataId => d::serialise(caller, &segment(path, 1)?),
        Call::DropDataId => d::drop_handle(caller, &segment(path, 1)?),

        Call::Create => s::create(caller, &body::parsed(request).await?),
        Call::Deserialise => s::deserialise(caller, &body::raw(caller.launcher(), request).await?),
        Call::Fetch => s::fetch(caller, &segment(path, 2)?),
        Call::Metadata => s::metadata(caller, &segment(path, 2)?),
        Call::DataIdOf => s::data_id(caller, &segment(path, 2)?),
        Call::Serialise => s::serialise(caller, &segment(path, 2)?),
        Call::ValidateSize => s::validate_size(caller, &segment(path, 2)?),
        Call::Read => s::read(caller, &segment(path, 1)?, optional_segment(path, 2)?.as_deref()),
        Call::Put => s::put(caller, &segment(path, 1)?),
        Call::Post => s::post(caller, &segment(path, 1)?),
        Call::Patch => s::patch(caller, &segment(path, 1)?, &body::parsed(request).await?),
        Call::Delete => s::delete(caller, &segment(path, 1)?),
        Call::Unclaim => s::unclaim(caller, &segment(path, 2)?),
        Call::DropHandle => s::drop_handle(caller, &segment(path, 2)?),

        Call::ChooseCipherOptions => c::choose(caller, &segment(path, 1)?, optional_segment(path, 2)?.as_deref()),
        Call::DropCipherOptions => c::drop_handle(caller, &segment(path, 1)?),

        Call::OpenWriter => i::open_writer(caller),
        Call::Write => i::write(caller, &segment(path, 1)?, request).await,
        Call::CloseWriter => i::close_writer(caller, &segment(path, 1)?, &segment(path, 2)?),
        Call::DropWriter => i::drop_writer(caller, &segment(path, 2)?),
        Call::OpenReader => i::open_reader(caller, &segment(path, 2)?),
        Call::ReadImmutable => i::read(caller, &segment(path, 1)?, request.headers()),
        Call::DropReader => i::drop_reader(caller, &segment(path, 2)?),

        Call::CreateAppendable => ad::create(caller, &body::parsed(request).await?),
        Call::DeserialiseAppendable => ad::deserialise(caller, &body::raw(caller.launcher(), request).await?),
        Call::FetchAppendable => ad::fetch(caller, &segment(path, 2)?),
        Call::AppendableMetadata => ad::metadata(caller, &segment(path, 2)?),
        Call::AppendableDataIdOf => ad::data_id(caller, &segment(path, 2)?),
        Call::SerialiseAppendable => ad::serialise(caller, &segment(path, 2)?),
        Call::ValidateAppendableSize => ad::validate_size(caller, &segment(path, 2)?),
        Call::PutAppendable => ad::put(caller, &segment(path, 1)?),
        Call::PostAppendable => ad::post(caller, &segment(path, 1)?),
        Call::Append => ad::append(caller, &segment(path, 1)?, &segment(path, 2)?),
        Call::DropAppendable => ad::drop_handle(caller, &segment(path, 2)?),

        Call::ItemAt => it::item(caller, &segment(path, 1)?, List::Items, &segment(path, 2)?),
        Call::DeletedItemAt => it::item(caller, &segment(path, 2)?, List::Deleted, &segment(path, 3)?),
        Call::SignKeyAt => it::sign_key(caller, &segment(path, 2)?, List::Items, &segment(path, 3)?),
        Call::DeletedSignKeyAt => it::sign_key(caller, &segment(path, 3)?, List::Deleted, &segment(path, 4)?),
        Call::RemoveItem => it::change_item(caller, &segment(path, 1)?, &segment(path, 2)?, Change::Remove),
        Call::RemoveDeletedItem => {
            it::change_item(caller, &segment(path, 2)?, &segment(path, 3)?, Change::RemoveDeleted)
        }
        Call::RestoreItem => it::restore(caller, &segment(path, 2)?, &segment(path, 3)?),
        Call::ClearItems => it::change_all(caller, &segment(path, 2)?, Change::Clear),
        Call::ClearDeletedItems => it::change_all(caller, &segment(path, 2)?, Change::ClearDeleted),

        Call::FilterKeyAt => it::filter_key(caller, &segment(path, 2)?, &segment(path, 3)?),
        Call::ToggleFilter => it::change_all(caller, &segment(path, 2)?, Change::ToggleFilter),
        Call::AddToFilter => {
            ad::change_filter(caller, &segment(path, 2)?, &body::parsed(request).await?, KeyChange::Insert)
        }
        Call::RemoveFromFilter => {
            ad::change_filter(caller, &segment(path, 2)?, &body::parsed(request).await?, KeyChange::Remove)
        }

        Call::EncryptKeyOf => ad::encrypt_key(caller, &segment(path, 2)?),
        Call::DropEncryptKey => e::drop_handle(caller, &segment(path, 2)?),
        Call::CreateDirectory => {
            n::create(caller, &segment(path, 2)?, &behind(path, 3)?, &body::parsed(request).await?)
        }
        Call::ReadDirectory => n::read(caller, &segment(path, 2)?, &behind(path, 3)?),
        Call::ChangeDirectory => {
            n::change(caller, &segment(path, 2)?, &behind(path, 3)?, &body::parsed(request).await?)
        }
        Call::DeleteDirectory => n::delete(caller, &segment(path, 2)?, &behind(path, 3)?),
        Call::MoveDirectory => n::pass(caller, &body::parsed(request).await?),

        Call::CreateFile => f::create(caller, &segment(path, 2)?, &behind(path, 3)?, request).await,
        Call::ReadFile => f::read(caller, &segment(path, 2)?, &behind(path, 3)?, request.headers()),
        Call::ChangeFile => f::change(caller, &segment(path, 3)?, &behind(path, 4)?, &body::parsed(request).await?),
        Call::DeleteFile => f::delete(caller, &segment(path, 2)?, &behind(path, 3)?),
        Call::MoveFile => f::pass(caller, &body::parsed(request).await?),

        Call::OwnSignKey => k::own(caller),
        Call::SerialiseSignKey => k::serialise(caller, &segment(path, 2)?),
        Call::DeserialiseSignKey => k::deserialise(caller, request).await,
        Call::DropSignKey => k::drop_handle(caller, &segment(path, 1)?),

        Call::RegisterName => l::register(caller, &body::parsed(request).await?),
        Call::AddService => l::add_service(caller, &body::parsed(request).await?),
        Call::ListNames => l::list(caller),
        Call::CreateName => l::create(caller, &segment(path, 1)?),
        Call::ListServices => l::list_services(caller, &segment(path, 1)?),
        Call::DeleteName => l::delete(caller, &segment(path, 1)?),
        Call::DeleteService => l::delete_service(caller, &segment(path, 1)?, &segment(path, 2)?),
        Call::ReadHome => l::read_home(caller, &segment(path, 1)?, &segment(path, 2)?),
        Call::ReadServiceFile => {
            l::read_file(caller, &segment(path, 1)?, &segment(path, 2)?, &behind(path, 3)?, request.headers())
        }
    }
}
