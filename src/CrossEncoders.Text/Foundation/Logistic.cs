namespace CrossEncoders;

/// <summary>The logistic function (sigmoid), which turns a logit into a number between 0 and 1.</summary>
internal static class Logistic
{
    /// <summary>1 / (1 + e^-logit) in double precision.</summary>
    public static double Sigmoid(double logit) => 1 / (1 + Math.Exp(-logit));

    /// <summary>The same in single precision, as torch computes it for float32.</summary>
    public static float SigmoidSingle(float logit) => 1 / (1 + MathF.Exp(-logit));
}
