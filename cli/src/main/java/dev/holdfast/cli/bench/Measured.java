package dev.holdfast.cli.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A figure over several windows.
 *
 * @param median the middle one (the mean of the middle two, if they are even in number); NaN if
 *     unknown
 * @param spread the distance from the least to the most, as a part of the median; 0 for a single
 *     window
 */
public record Measured(double median, double spread) {

  /**
   * Sums windows up.
   *
   * @param windows at least one
   * @param figure what to take from each
   */
  public static Measured over(List<Window> windows, ToDoubleFunction<Window> figure) {
    double[] values = windows.stream().mapToDouble(figure).sorted().toArray();
    if (values.length == 0 || Arrays.stream(values).anyMatch(Double::isNaN)) {
      return new Measured(Double.NaN, Double.NaN);
    }
    int middle = values.length / 2;
    double median =
        values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    double distance = values[values.length - 1] - values[0];
    return new Measured(median, median == 0 ? 0 : distance / median);
  }
}
