using Prism.Providers.Echo;

namespace Prism.Providers.Definitions;

/// <summary>No real provider: it repeats the prompt.</summary>
internal static class EchoDefinition
{
    public static ProviderDefinition Create() => new()
    {
        Name = "echo",
        CreateInProcess = (options, time) => new EchoProvider(options, time),
        IsFree = true,
    };
}
