using System.Text.Json;

namespace Prism.Tests.Chains;

/// <summary>An event of a run as it came over the wire.</summary>
/// <param name="Id">Its <c>id:</c>.</param>
/// <param name="Type">Its <c>event:</c>.</param>
/// <param name="Data">Its <c>data:</c>.</param>
internal sealed record RunEvent(int Id, string Type, JsonElement Data)
{
    /// <summary>Whether nothing comes after it.</summary>
    public bool IsLast => Type is "run.completed" or "run.failed" or "run.cancelled";
}
