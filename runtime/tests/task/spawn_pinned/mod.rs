//! Tasks that stay on one worker.

mod current_thread;
mod ends;
mod home;
mod stays;
mod turns;
