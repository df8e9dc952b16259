namespace PlaNet.Planning;

/// <summary>
/// Gaussian noise along time whose power falls with the frequency to some exponent: white noise taken apart into the real Fourier basis,
/// weighted, and put together again. Every step keeps mean 0 and variance 1.
/// </summary>
internal static class ColouredNoise
{
    /// <summary>Colours white noise.</summary>
    /// <param name="white">Standard normal numbers, [horizon, ...].</param>
    /// <param name="exponent">Exponent of the power's fall; 0 returns the noise as it is.</param>
    public static Tensor Of(Tensor white, double exponent)
    {
        var horizon = (int)white.shape[0];
        if (exponent == 0 || horizon == 1)
        {
            return white;
        }

        var mixing = tensor(Mixing(horizon, exponent), [horizon, horizon]).to(white.dtype).to(white.device);
        return mixing.mm(white.reshape(horizon, -1)).view(white.shape);
    }

    /// <summary>The matrix [horizon, horizon], row-major, that turns independent numbers into coloured ones.</summary>
    /// <param name="horizon">Steps.</param>
    /// <param name="exponent">Exponent of the power's fall.</param>
    public static double[] Mixing(int horizon, double exponent)
    {
        var mixing = new double[horizon * horizon];
        for (var column = 0; column < horizon; column++)
        {
            // Columns: the constant, then a cosine and a sine of each frequency, and the alternation where the horizon is even.
            var frequency = (column + 1) / 2;
            var alone = column == 0 || 2 * frequency == horizon;

            // The constant has no frequency of its own: it takes the lowest one's power, or it would be infinite.
            var amplitude = Math.Pow(Math.Max(frequency, 1), -exponent / 2) * Math.Sqrt((alone ? 1.0 : 2.0) / horizon);
            for (var step = 0; step < horizon; step++)
            {
                var phase = 2 * Math.PI * frequency * step / horizon;
                mixing[(step * horizon) + column] = amplitude * (column % 2 == 1 || column == 0 ? Math.Cos(phase) : Math.Sin(phase));
            }
        }

        // Sine and cosine of a frequency together have the same power at every step, so one factor makes every variance 1.
        var scale = 1 / Math.Sqrt(mixing.AsSpan(0, horizon).ToArray().Sum(value => value * value));
        return [.. mixing.Select(value => value * scale)];
    }
}
