namespace Prism.Gateway.RequestIds;

/// <summary>The request that the running code works for.</summary>
public static class CurrentRequest
{
    // The only value that flows with a request: a logging scope would be three more objects for each.
    private static readonly AsyncLocal<string?> Ambient = new();

    /// <summary>Its id, which is on every log line of the request; null outside of requests.</summary>
    public static string? Id
    {
        get => Ambient.Value;
        internal set => Ambient.Value = value;
    }
}
