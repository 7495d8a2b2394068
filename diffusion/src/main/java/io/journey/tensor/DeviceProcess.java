package io.journey.tensor;

import io.journey.run.ClusterProcess;
import io.journey.run.Compute;
import io.journey.run.JourneyException;
import io.journey.run.Versions;
import java.util.Objects;

/**
 * A process on another machine that computes as this one does: the same bytes come of it.
 *
 * @param device its name, as {@link Device#open} takes it
 * @param precision of the device
 * @param record what {@link Device#device} says here
 * @param instructions the vector instructions of this machine's processor
 */
public record DeviceProcess(String device, Precision precision, String record, String instructions)
    implements ClusterProcess {
  private static final long serialVersionUID = 1L;

  /** Returns the process for a device that is open here. */
  public static DeviceProcess like(String device, Precision precision) {
    return new DeviceProcess(
        device, precision, Libtorch.device().device(), Versions.instructions());
  }

  @Override
  public Compute open() {
    Device opened = Device.open(device, precision);
    if (!Objects.equals(opened.device(), record)) {
      throw new JourneyException(
          "A machine of the cluster computes on "
              + opened.device()
              + ", the command was started on "
              + record
              + ": results differ by rounding, start it on such a machine.");
    }
    String here = Versions.instructions();
    if (record == null && !here.equals(instructions)) {
      throw new JourneyException(
          "A machine of the cluster computes with "
              + here
              + ", the command was started with "
              + instructions
              + ": results differ by rounding, set JOURNEY_INSTRUCTIONS=avx2 for the same everywhere.");
    }
    Libtorch.use(opened);
    return opened;
  }
}
