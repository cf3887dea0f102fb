//! The words of the program itself: menus, help, status, errors.
