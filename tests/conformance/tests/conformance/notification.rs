//! The rules of notification.
