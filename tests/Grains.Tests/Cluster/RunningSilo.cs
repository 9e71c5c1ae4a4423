using Microsoft.Extensions.Logging.Abstractions;
using Prism.Chat;
using Prism.Cluster;
using Prism.Flights;

namespace Prism.Tests.Cluster;

/// <summary>A silo that nobody wants to stop, and that has nothing under way.</summary>
internal static class RunningSilo
{
    public static SiloDrain DrainOf(IGrainFactory grains, ILocalSiloDetails self, TimeProvider time) => new(
        new ChatGrainCalls(),
        new FlightRegistry(grains, self, NullLogger<FlightRegistry>.Instance),
        new NoDrain(),
        time,
        NullLogger<SiloDrain>.Instance);
}
