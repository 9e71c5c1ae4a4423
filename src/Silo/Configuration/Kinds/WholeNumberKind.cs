using System.Globalization;

namespace Prism.Silo.Configuration.Kinds;

internal sealed class WholeNumberKind(long min, long max) : SettingKind
{
    private const string ServiceLinkExplanation =
        ": Kubernetes sets this variable because of a Service with such a name; "
        + "set enableServiceLinks: false on the pod, or set the variable to a port explicitly";

    public override string Allowed => string.Create(CultureInfo.InvariantCulture, $"{min} to {max}");

    public override string? FindProblem(string configured) =>
        long.TryParse(configured, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number >= min
        && number <= max
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"has to be a whole number from {min} to {max}, not {Quoted.Of(configured)}")
                + (IsServiceLink(configured) ? ServiceLinkExplanation : "");

    // A Service named "llm" makes Kubernetes set LLM_PORT=tcp://10.0.0.1:8000 in every pod of the namespace.
    private static bool IsServiceLink(string value) =>
        value.StartsWith("tcp://", StringComparison.Ordinal)
        || value.StartsWith("udp://", StringComparison.Ordinal)
        || value.StartsWith("sctp://", StringComparison.Ordinal);
}
