using Prism.Grains.Interfaces.Chat;

namespace Prism.Pipeline.Costs;

/// <summary>Distinguishes tools that a client runs from those that a vendor runs, which cost per call and add their results to the prompt.</summary>
internal static class ServerTools
{
    /// <summary>Whether a call of the tool ends the answer, for the client to run it.</summary>
    public static bool RunsAtClient(ToolDefinition tool) =>
        tool.Type is "function" or "custom" && (tool.Extra is null || tool.Extra.Keys.All(name => name is "custom" or "cache_control" or "strict"));
}
