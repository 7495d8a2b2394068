package io.journey.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.journey.run.SettingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
  /** As libtorch tells of its making. */
  @ParameterizedTest
  @CsvSource({
    "  - CuDNN 91.9, 9.19.0",
    "  - CuDNN 91.9.2, 9.19.2",
    "  - CuDNN 90.1  (built against CUDA 12.4), 9.1.0",
    "  - CuDNN 8.9.7, 8.9.7",
    "'Build settings: CUDNN_VERSION=9.19.0, ', 9.19.0",
    "PyTorch built with: GCC 13.3, unknown"
  })
  void theVersionOfCudnnIsToldAsItsMakersDo(String built, String version) {
    assertThat(Device.cudnn(built)).isEqualTo(version);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpu", "cuda:", "cuda:x", "cuda:100", "", "cpu:0"})
  void othersNamesAreRefused(String name) {
    assertThatThrownBy(() -> Device.open(name, Precision.F32))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("device must be cpu, cuda, cuda:N or mps, got '" + name + "'");
  }

  @Test
  void theProcessorHasNoRecordAndNoTf32() {
    Device cpu = Device.open("CPU", Precision.F32);
    assertThat(cpu.isCpu()).isTrue();
    assertThat(cpu.device()).isNull();
    assertThatThrownBy(() -> Device.open("cpu", Precision.TF32))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("precision tf32 is one of GPUs");
  }
}
