using Prism.Providers.Echo;

namespace Prism.Providers.Definitions;

/// <summary>No provider at all: answers with what it is asked.</summary>
internal static class EchoDefinition
{
    public static ProviderDefinition Create() => new()
    {
        Name = "echo",
        CreateInProcess = (options, time) => new EchoProvider(options, time),
        IsFree = true,
    };
}
