namespace PlaNet.Planning;

/// <summary>
/// Gaussian noise over time with power proportional to frequency^-exponent. Independent standard normal coefficients of the real Fourier
/// basis are scaled by frequency and summed. Every step has mean 0 and variance 1.
/// </summary>
internal static class ColouredNoise
{
    /// <summary>Colours white noise.</summary>
    /// <param name="white">Standard normal numbers, [horizon, ...].</param>
    /// <param name="exponent">Exponent of the power decay; 0 returns the white noise.</param>
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

    /// <summary>The row-major matrix [horizon, horizon] that maps independent numbers to coloured noise.</summary>
    /// <param name="horizon">Number of steps.</param>
    /// <param name="exponent">Exponent of the power decay.</param>
    public static double[] Mixing(int horizon, double exponent)
    {
        var mixing = new double[horizon * horizon];
        for (var column = 0; column < horizon; column++)
        {
            // Columns: the constant, a cosine and a sine per frequency, and for an even horizon the cosine of the Nyquist frequency.
            var frequency = (column + 1) / 2;
            var alone = column == 0 || 2 * frequency == horizon;

            // At frequency 0 the power would be infinite, so the constant gets the power of the lowest frequency.
            var amplitude = Math.Pow(Math.Max(frequency, 1), -exponent / 2) * Math.Sqrt((alone ? 1.0 : 2.0) / horizon);
            for (var step = 0; step < horizon; step++)
            {
                var phase = 2 * Math.PI * frequency * step / horizon;
                mixing[(step * horizon) + column] = amplitude * (column % 2 == 1 || column == 0 ? Math.Cos(phase) : Math.Sin(phase));
            }
        }

        // The summed power of sine and cosine is the same at every step, so one factor makes every variance 1.
        var scale = 1 / Math.Sqrt(mixing.AsSpan(0, horizon).ToArray().Sum(value => value * value));
        return [.. mixing.Select(value => value * scale)];
    }
}
