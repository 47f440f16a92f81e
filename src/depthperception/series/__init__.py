"""Time series of a judged lifter: heights, angles, speeds, phases and landmarks at the video's own times.

`time_series` makes one from a judgement and landmarks; `TimeSeries` gives it as a data frame, an xarray dataset or a
figure, and saves it in the formats of `formats.FORMATS`. docs/formats.md says what every column means.
"""

from depthperception.series.measuring import time_series
from depthperception.series.table import TimeSeries

__all__ = ["TimeSeries", "time_series"]
