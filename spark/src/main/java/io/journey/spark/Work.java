package io.journey.spark;

import io.journey.run.ClusterProcess;
import io.journey.run.StageFiles;
import java.io.Serializable;
import java.util.ArrayList;

/**
 * What all executors are told of a list of tasks, once: tasks have much in common.
 *
 * @param list tells this list from others
 * @param tasks {@code Task} or {@code WholeTask} each
 * @param files of each task, to be used elsewhere
 * @param process how an executor gets ready
 */
record Work(
    String list, ArrayList<Serializable> tasks, ArrayList<StageFiles> files, ClusterProcess process)
    implements Serializable {}
