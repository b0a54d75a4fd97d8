//! The spawner of the tasks that the node's components start themselves.

use sc_service::{SpawnEssentialTaskHandle, SpawnTaskHandle, TaskManager};
use sp_core::traits::{SpawnEssentialNamed, SpawnNamed};
use std::{future::Future, pin::Pin};

/// What the components of a node are built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
	/// A running node, which stops if one of their tasks ends.
	Node,
	/// A command, which uses some of the components. The tasks of the others end at once, and all
	/// of them when the command is done; neither is a failure.
	Command,
}

/// Spawns tasks that are essential to a running node, and not to a command.
#[derive(Clone)]
pub(super) enum Spawner {
	Node(SpawnEssentialTaskHandle),
	Command(SpawnTaskHandle),
}

impl Spawner {
	/// The spawner for this purpose.
	pub fn new(purpose: Purpose, task_manager: &TaskManager) -> Self {
		match purpose {
			Purpose::Node => Self::Node(task_manager.spawn_essential_handle()),
			Purpose::Command => Self::Command(task_manager.spawn_handle()),
		}
	}
}

impl SpawnEssentialNamed for Spawner {
	fn spawn_essential_blocking(
		&self,
		name: &'static str,
		group: Option<&'static str>,
		task: Pin<Box<dyn Future<Output = ()> + Send>>,
	) {
		match self {
			Self::Node(spawner) => spawner.spawn_essential_blocking(name, group, task),
			Self::Command(spawner) => SpawnNamed::spawn_blocking(spawner, name, group, task),
		}
	}

	fn spawn_essential(
		&self,
		name: &'static str,
		group: Option<&'static str>,
		task: Pin<Box<dyn Future<Output = ()> + Send>>,
	) {
		match self {
			Self::Node(spawner) => spawner.spawn_essential(name, group, task),
			Self::Command(spawner) => SpawnNamed::spawn(spawner, name, group, task),
		}
	}
}
