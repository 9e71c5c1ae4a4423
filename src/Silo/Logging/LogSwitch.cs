namespace Prism.Silo.Logging;

/// <summary>
/// Silences the log of a host that is stopped before it has started: what the parts of a start say about being cut off, with their stacks, is no news.
/// </summary>
internal sealed class LogSwitch
{
    private volatile bool _isOff;

    /// <summary>Whether nothing more is written.</summary>
    public bool IsOff => _isOff;

    /// <summary>Nothing more is written.</summary>
    public void TurnOff() => _isOff = true;
}
