namespace Prism;

/// <summary>The one place where grain keys are made.</summary>
public static class GrainKeys
{
    /// <summary>A fresh key for an <see cref="Chat.IChatGrain"/>: one grain a call.</summary>
    public static string NewChatCall() => Guid.NewGuid().ToString("N");

    /// <summary>The key of an <see cref="Providers.IProviderGrain"/>: its name as it is configured.</summary>
    public static string Provider(string name) => name;
}
