mod conditions;
mod create;
mod delete;
mod get;
mod list;
mod update_password;
