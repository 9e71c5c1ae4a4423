using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Prism.Grains.Chat;
using Prism.Grains.Cluster;
using Prism.Grains.SharedCalls;

namespace Prism.Tests.Cluster;

/// <summary>A silo that nobody wants to stop, and that has nothing under way.</summary>
internal static class RunningSilo
{
    public static SiloDrain DrainOf(IGrainFactory grains, ILocalSiloDetails self, TimeProvider time) => new(
        new ChatGrainCalls(),
        new SharedCallRegistry(
            grains,
            self,
            DispatchProxy.Create<IClusterMembershipService, Nobody>(),
            (_, _) => throw new NotSupportedException(),
            time,
            NullLogger<SharedCallRegistry>.Instance),
        new NoDrain(),
        time,
        NullLogger<SiloDrain>.Instance);

    /// <summary>Shared calls are not looked for on other silos here.</summary>
#pragma warning disable CA1852 // What DispatchProxy makes derives from it.
    private class Nobody : DispatchProxy
#pragma warning restore CA1852
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new NotSupportedException(targetMethod?.Name);
    }
}
