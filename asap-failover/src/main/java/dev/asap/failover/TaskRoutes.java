// Copyright 2026 the ASAP for Java authors. SPDX-License-Identifier: Apache-2.0
package dev.asap.failover;

/** Where the application sends what concerns a task: a table of its own, a gateway, a load balancer. */
@FunctionalInterface
public interface TaskRoutes {
    /**
     * Sends everything that concerns the task to this host from now on. Called after the host has acknowledged that it goes on with the
     * task, and again where a hand-over is repeated: the second time must do no harm. Must be bounded in time; what it throws becomes the
     * outcome of the task.
     *
     * @param taskId the task
     * @param host the name of the host, see {@link TaskHost}
     */
    void switchTo(String taskId, String host);
}
