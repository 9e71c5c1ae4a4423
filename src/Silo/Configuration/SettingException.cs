namespace Prism.Silo.Configuration;

/// <summary>A setting is wrong, and the process must not start. The message is one line and names the variable.</summary>
internal sealed class SettingException(string message) : Exception(message);
